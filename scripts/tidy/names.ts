/** A file is named for one noun, verb or role. */
import { type Rule, violationOf } from "./project.ts";

const SAYS_NOTHING = /(?:^|[-._])(util|utils|common|helper|helpers|service|services|manager|misc)$/i;

export const names: Rule = {
  name: "names",
  why: "a name that fits everything gathers everything; the listing of folders is the architecture",
  check: (project) =>
    project
      .filter(({ path }) => /\.(?:[cm]?[jt]s|tsx|lua)$/.test(path))
      .flatMap(({ path }) => {
        const parts = path.replace(/(?:\.(?:test|contract|d))?\.[a-z]+$/, "").split("/");
        const empty = parts.flatMap((part) => SAYS_NOTHING.exec(part)?.[1] ?? []);
        return empty.map((word) => violationOf(path, `"${word}" says nothing: name what the file is or does`));
      }),
};
