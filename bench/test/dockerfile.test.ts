import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DockerfileParser, type JSONInstruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${ROOT}/Dockerfile`, "utf8");
const dockerfile = DockerfileParser.parse(text);
const instructions = dockerfile.getInstructions().map((each) => ({
  keyword: each.getKeyword(),
  words: each.getArguments().map((word) => word.getValue()),
  instruction: each,
}));
const run = instructions.slice(instructions.findLastIndex(({ keyword }) => keyword === "FROM"));

describe("the image", () => {
  it("has nothing that a linter objects to", () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    expect(validate("FROM node\nCOPPY . .").map(({ message }) => message)).not.toEqual([]);
  });

  it("is made in stages on a base whose version is said, and takes over what was put together, no more", () => {
    const bases = instructions.filter(({ keyword }) => keyword === "FROM").map(({ words }) => words[0] ?? "");
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(/^node:\d+\.\d+\.\d+-bookworm-slim$/);
    const copies = run.filter(({ keyword }) => keyword === "COPY").map(({ words }) => words.join(" "));
    expect(copies).toEqual(["/image ./"]);
  });

  it("runs as an ordinary user, by number, from the end on", () => {
    const users = run.filter(({ keyword }) => keyword === "USER").map(({ words }) => words[0]);
    expect(users).toEqual(["1000:1000"]);
    const last = run.findLastIndex(({ keyword }) => keyword === "RUN" || keyword === "COPY");
    expect(run.findIndex(({ keyword }) => keyword === "USER")).toBeGreaterThan(last);
  });

  it("starts the program without a shell, which would take its signals", () => {
    for (const name of ["ENTRYPOINT", "CMD"]) {
      const entry = run.find(({ keyword }) => keyword === name)?.instruction as JSONInstruction;
      expect(entry.getOpeningBracket()?.getValue()).toBe("[");
    }
    expect(run.find(({ keyword }) => keyword === "STOPSIGNAL")?.words).toEqual(["SIGTERM"]);
  });

  it("is made of what a clone holds: what git ignores does not get into the build", () => {
    const ignored = readFileSync(`${ROOT}/.dockerignore`, "utf8").split("\n");
    for (const name of ["**/node_modules", "**/dist", ".data", "deploy/secrets", ".git"])
      expect(ignored).toContain(name);
    const listed = execFileSync("git", ["ls-files", "-s", "deploy"], { cwd: ROOT, encoding: "utf8" });
    expect(listed).toMatch(/^100755 .*deploy\/assemble\.sh$/m);
    expect(listed).toMatch(/^100755 .*deploy\/secrets\.sh$/m);
  });
});
