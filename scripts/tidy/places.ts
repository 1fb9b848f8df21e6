/** Where a file lives, and what follows from it. */

/** A file of TypeScript or JavaScript. */
export const isScript = (path: string): boolean => /\.(?:[cm]?[jt]s|tsx)$/.test(path);

/** A file under a `test` folder of a workspace or of `scripts`. */
export const isTest = (path: string): boolean => /^[^/]+\/test\//.test(path);

/** A file under the `src` folder of a workspace. */
export const isSource = (path: string): boolean => /^[^/]+\/src\//.test(path);

/** A contract suite: tests of a port that live beside the in-memory adapters. */
export const isContractSuite = (path: string): boolean => /^core\/src\/testing\/.*\.contract\.ts$/.test(path);

/** Written by a tool, not by hand. */
export const isGenerated = (path: string): boolean =>
  path === "package-lock.json" || path.includes("/migrations/") || path.endsWith(".generated.ts");

/** Where the real world is plugged in: the `main.ts` of a process, and every command of the cli. */
export const isCompositionRoot = (path: string): boolean =>
  /^(?:api|worker|scheduler|cli)\/src\/main\.ts$/.test(path) || path.startsWith("cli/src/commands/");

/** Beside the product, so free of the rules that keep the product simulable. */
export const isTooling = (path: string): boolean => isTest(path) || /^(?:local|bench|scripts)\//.test(path);

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
