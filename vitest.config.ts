import { defineConfig } from "vitest/config";

/** Whole deployments: one after the other, so that each has the machine to itself. */
const WHOLE = [
  "cli/test/e2e/**/*.test.ts",
  "bench/test/siege.test.ts",
  "bench/test/fuzz.test.ts",
  "bench/test/rehearsal.test.ts",
  "bench/test/bench.test.ts",
  "bench/test/topology.test.ts",
];

/** In a browser: see local/src/browser.ts. */
const BROWSER = ["*/test/browser/**/*.test.ts"];

/** The room's own sources, not what was last compiled. */
const sources = { resolve: { conditions: ["source"] }, ssr: { resolve: { conditions: ["source"] } } };

const patience = { testTimeout: 30_000, hookTimeout: 90_000 };

export default defineConfig({
  test: {
    globalSetup: "./local/src/test-run.ts",
    maxWorkers: 2,
    projects: [
      {
        ...sources,
        test: {
          name: "rooms",
          include: ["*/test/**/*.test.ts"],
          exclude: [...WHOLE, ...BROWSER],
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      {
        ...sources,
        test: {
          name: "whole",
          include: WHOLE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
      {
        ...sources,
        test: {
          name: "browser",
          include: BROWSER,
          globalSetup: "./local/src/browser.ts",
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          ...patience,
        },
      },
    ],
  },
});
