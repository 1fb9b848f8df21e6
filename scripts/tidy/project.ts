/** What a rule sees: the text files of the project, nothing else. */

/** One text file; `path` is relative to the root of the project and uses forward slashes. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

export type Project = readonly ProjectFile[];

/** One breach of a rule; `message` says what is wrong and how to mend it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Rule {
  /** One or two words, printed before each violation. */
  readonly name: string;
  /** What the house gains by the rule. */
  readonly why: string;
  readonly check: (project: Project) => Violation[];
}

/** The 1-based line on which `offset` falls. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

/** A violation at an offset into the file's text. */
export const violationAt = ({ path, text }: ProjectFile, offset: number, message: string): Violation => ({
  path,
  line: lineAt(text, offset),
  message,
});

/** A violation of a whole file, or of a file that is missing. */
export const violationOf = (path: string, message: string): Violation => ({ path, line: 1, message });

/** The file at `path`, if the project has it. */
export const fileAt = (project: Project, path: string): ProjectFile | undefined =>
  project.find((file) => file.path === path);

/** The parsed JSON at `path`; undefined when there is no such file. Throws when it is not JSON. */
export function jsonAt(project: Project, path: string): unknown {
  const file = fileAt(project, path);
  return file && JSON.parse(file.text);
}

/** The workspaces that the root package.json lists. */
export function workspacesOf(project: Project): readonly string[] {
  const manifest = jsonAt(project, "package.json") as { workspaces?: string[] } | undefined;
  return manifest?.workspaces ?? [];
}
