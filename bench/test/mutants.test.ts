import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patch } from "../src/mutants/mutant.ts";
import { misfitsOf } from "../src/mutants/patching.ts";
import { REAL_MUTANTS } from "../src/mutants/real/catalogue.ts";
import { compiledCopy, hunt, trySeeds } from "../src/mutants/seed-hunt.ts";
import { SIMULATED_MUTANTS } from "../src/mutants/simulated/catalogue.ts";
import { ROOT, type SourceCopy } from "../src/mutants/source-copy.ts";

/** Those that a few seeds betray. */
const QUICK = [
  "no-primary-key",
  "finalise-not-held",
  "no-adoption",
  "adopts-submitted-only",
  "carts-opened-as-submitted",
];
const SEEDS = { first: 1, count: 200 };

describe("the catalogue of mutants", () => {
  it("fits the sources as they are: every patch applies, exactly once", async () => {
    expect(await misfitsOf(ROOT, [...SIMULATED_MUTANTS, ...REAL_MUTANTS])).toEqual([]);
  });

  it("names tests that there are", async () => {
    const tests = new Set(REAL_MUTANTS.flatMap((mutant) => mutant.tests));
    await Promise.all([...tests].map((test) => access(join(ROOT, test))));
  });
});

describe("the simulation", () => {
  let unchanged: SourceCopy;
  beforeAll(async () => {
    unchanged = await compiledCopy([]);
  });
  afterAll(() => unchanged.dispose());

  it("finds nothing in the sources as they are", async () => {
    expect(await hunt(unchanged.root, SEEDS)).toMatchObject({ kind: "clean" });
  });

  it.each(QUICK)("catches %s", async (name) => {
    const mutant = SIMULATED_MUTANTS.find((candidate) => candidate.name === name);
    if (!mutant) throw new Error(`the catalogue has no ${name}`);
    expect(await trySeeds(mutant, SEEDS, unchanged)).toMatchObject({ kind: "caught" });
  });

  it("takes a mutant that does not compile, or throws, for broken", async () => {
    const settle = "core/src/application/commands/settle-page.ts";
    const torn = patch(settle, "const { saleId, epoch } = page;", "const { saleId, epoch = page;");
    const thrown = patch("core/src/testing/simulation/random.ts", "export class Random {", "export class Randon {");
    for (const patches of [[torn], [thrown]]) {
      const outcome = await trySeeds({ name: "m", guard: "a guard", patches }, SEEDS, unchanged);
      expect(outcome.kind).toBe("broken");
    }
  });
});
