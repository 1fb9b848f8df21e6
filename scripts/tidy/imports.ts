/** Which modules a file asks for. */
import { posix } from "node:path";
import { maskOf } from "./mask.ts";
import { fileAt, type Project, type ProjectFile } from "./project.ts";

export interface Import {
  readonly specifier: string;
  /** Where the specifier starts in the text. */
  readonly offset: number;
}

const STATEMENTS = [
  /\bimport\s+[\w$\s{},*]+?\bfrom\s*["']/g,
  /\bexport\s+(?:type\s+)?(?:\{[\w$\s,]*\}|\*(?:\s+as\s+[\w$]+)?)\s*from\s*["']/g,
  /\bimport\s*["']/g,
  /\b(?:import|require|import\.meta\.resolve)\s*\(\s*["'`]/g,
];

/** Every import, re-export, dynamic import and `require` with a literal specifier, types included. */
export function importsOf(file: ProjectFile): Import[] {
  const { code, strings } = maskOf(file);
  const specifierAt = new Map(strings.map(({ start, value }) => [start, value]));
  return STATEMENTS.flatMap((statement) =>
    [...code.matchAll(statement)].flatMap(({ 0: found, index }) => {
      const offset = index + found.length;
      const specifier = specifierAt.get(offset);
      return specifier === undefined ? [] : [{ specifier, offset }];
    }),
  ).sort((a, b) => a.offset - b.offset);
}

/** The path that a relative specifier names, seen from the file that says it. */
export const pathOf = (from: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(from), specifier));

/**
 * The sources that a file names by a relative path in any string: an import, `new URL("./x.js", …)`, a `fork`.
 * What was compiled stands for its source: `./x.js` for `./x.ts`, `../dist/x.js` for `../src/x.ts`.
 */
export function sourcesNamedBy(project: Project, file: ProjectFile): ProjectFile[] {
  return maskOf(file)
    .strings.filter(({ value }) => /^\.\.?\/.*\.[jt]sx?$/.test(value))
    .flatMap(({ value }) => {
      const source = pathOf(file.path, value).replace(/\.js$/, ".ts");
      return fileAt(project, source) ?? fileAt(project, source.replace("/dist/", "/src/")) ?? [];
    });
}
