import { defineConfig } from "vitest/config";

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
          exclude: ["cli/test/e2e/**"],
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      {
        ...sources,
        // Whole deployments: one after the other, so that each has the machine to itself.
        test: {
          name: "whole",
          include: ["cli/test/e2e/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
    ],
  },
});
