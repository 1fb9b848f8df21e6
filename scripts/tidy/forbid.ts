/** The commonest shape of a rule: some patterns, forbidden in some files. */
import { type ProjectFile, type Violation, violationAt } from "./project.ts";

export interface Ban {
  /** Global, so that every occurrence is found. */
  readonly pattern: RegExp;
  /** What to do instead. */
  readonly mend: string;
}

/** Every match of every ban in `view(file)`, which must keep the offsets of the file's text. */
export function forbid(
  files: readonly ProjectFile[],
  view: (file: ProjectFile) => string,
  bans: readonly Ban[],
): Violation[] {
  return files.flatMap((file) => {
    const seen = view(file);
    return bans.flatMap(({ pattern, mend }) =>
      [...seen.matchAll(pattern)].map(({ 0: found, index }) => {
        const quoted = file.text.slice(index, index + found.length).replace(/\s+/g, " ");
        return violationAt(file, index, `\`${quoted}\`: ${mend}`);
      }),
    );
  });
}
