/**
 * ARCHITECTURE.md has a heading with the word "Invariants" and under it a table with the columns "test" and "mutant". A
 * row starts with its number; its test cell names one or more tests, each as `path/to/file.test.ts` or
 * `path/to/file.test.ts › title` (the title in the backticks or right behind them, up to `;` or `<br>`); its mutant cell
 * names one or more mutants of the catalogue in backticks: what breaks when a guard of the invariant is taken out.
 */
import {
  fileAt,
  type Project,
  type ProjectFile,
  type Rule,
  type Violation,
  violationAt,
  violationOf,
} from "./project.ts";

const DOCUMENT = "ARCHITECTURE.md";
const NUMBERS = Array.from({ length: 10 }, (_, index) => index + 1);

export const invariants: Rule = {
  name: "invariants",
  why: "a promise is worth the test that holds it, so each names its own and the name is never stale",
  check: (project) => {
    const document = fileAt(project, DOCUMENT);
    if (!document) return [violationOf(DOCUMENT, "there is none: write it, with a table of invariants")];
    const rows = rowsOf(document);
    const numbers = new Set(rows.map(({ number }) => number));
    return [
      ...NUMBERS.filter((number) => !numbers.has(number)).map((number) =>
        violationOf(DOCUMENT, `invariant ${number} has no row in the table under "Invariants"`),
      ),
      ...rows.flatMap((row) => checkRow(project, document, row)),
    ];
  },
};

interface Row {
  readonly number: number;
  readonly tests: string;
  readonly mutants: string;
  readonly offset: number;
}

function rowsOf({ text }: ProjectFile): Row[] {
  const rows: Row[] = [];
  let inSection = false;
  let head: readonly string[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    if (/^#+ /.test(line)) inSection = /invariants/i.test(line);
    const cells = inSection && line.startsWith("|") ? cellsOf(line) : [];
    const number = Number(cells[0]?.replace(/\D/g, ""));
    const under = (title: RegExp) => cells[head.findIndex((cell) => title.test(cell))] ?? "";
    if (number > 0) rows.push({ number, tests: under(/^tests?$/i), mutants: under(/^mutants?$/i), offset });
    else if (cells.some((cell) => /^tests?$/i.test(cell))) head = cells;
    offset += line.length + 1;
  }
  return rows;
}

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.replaceAll("\\|", "|").trim());

function checkRow(project: Project, document: ProjectFile, { number, tests, mutants, offset }: Row): Violation[] {
  const named = [...tests.matchAll(/`([^`\s]+\.test\.ts)`?(?:\s*›\s*([^`;<]+))?/g)];
  const faults = named.flatMap(([, path = "", title]) => faultsOf(project, path, title));
  if (named.length === 0) faults.push("names no test: write `path/to/file.test.ts › title` in the column test");
  faults.push(...mutantFaultsOf(project, mutants));
  return faults.map((fault) => violationAt(document, offset, `invariant ${number} ${fault}`));
}

function faultsOf(project: Project, path: string, title = ""): string[] {
  const file = fileAt(project, path);
  if (!file) return [`names ${path}, which does not exist`];
  return title
    .split("›")
    .map((part) => part.trim().replace(/^["“*_]+|["”*_.,]+$/g, ""))
    .filter((part) => !file.text.includes(part))
    .map((part) => `names "${part}", which ${path} does not contain`);
}

/** The files that list mutants, each by `name: "…"`. */
const CATALOGUE = /^bench\/src\/.*mutant.*\.ts$/;

function mutantFaultsOf(project: Project, cell: string): string[] {
  const named = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  if (named.length === 0) return ["names no mutant: write the `name` of one of the catalogue in the column mutant"];
  const catalogue = project.filter(({ path }) => CATALOGUE.test(path));
  return named
    .filter((name) => !catalogue.some(({ text }) => text.includes(`name: "${name}"`)))
    .map((name) => `names the mutant "${name}", which no catalogue under bench/src lists`);
}
