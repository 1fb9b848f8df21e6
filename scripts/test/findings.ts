/** Small projects for the tests of the rules. */
import type { Project, Rule } from "../tidy/project.ts";

/** A project of these files: path → text. */
export const projectOf = (files: Readonly<Record<string, string>>): Project =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

/** What a rule finds in these files, each as `path:line message`. */
export const findings = (rule: Rule, files: Readonly<Record<string, string>>): string[] =>
  rule.check(projectOf(files)).map(({ path, line, message }) => `${path}:${line} ${message}`);

/** `count` lines, each with this text. */
export const lines = (count: number, text: string): string => `${text}\n`.repeat(count);
