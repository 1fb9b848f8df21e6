/** Files and functions that fit in a head. Blank lines and comments count: they are read too. */
import { functionsIn } from "./functions.ts";
import { maskOf } from "./mask.ts";
import { isContractSuite, isGenerated, isScript, isTest } from "./places.ts";
import { lineAt, type ProjectFile, type Rule, type Violation, violationAt, violationOf } from "./project.ts";

const SOURCE_LINES_MAX = 250;
const TEST_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;

export const size: Rule = {
  name: "size",
  why: "a file is one noun, verb or role; what does not fit a screen or two is two of them",
  check: (project) =>
    project
      .filter(({ path }) => (isScript(path) || path.endsWith(".lua")) && !isGenerated(path))
      .flatMap((file) => [...fileSize(file), ...functionSizes(file)]),
};

/** Tests, and suites that are tests in another folder: one `describe` may be long. */
const isMadeOfTests = (path: string) => isTest(path) || isContractSuite(path);

function fileSize({ path, text }: ProjectFile): Violation[] {
  const lines = lineAt(text, text.trimEnd().length);
  const linesMax = isMadeOfTests(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX;
  if (lines <= linesMax) return [];
  return [violationOf(path, `${lines} lines, at most ${linesMax}: split it by noun, verb or role`)];
}

function functionSizes(file: ProjectFile): Violation[] {
  if (isMadeOfTests(file.path) || !isScript(file.path)) return [];
  return functionsIn(maskOf(file).code).flatMap(({ name, start, end }) => {
    const lines = lineAt(file.text, end) - lineAt(file.text, start) + 1;
    if (lines <= FUNCTION_LINES_MAX) return [];
    return [violationAt(file, start, `${name} has ${lines} lines, at most ${FUNCTION_LINES_MAX}: name its steps`)];
  });
}
