import { readFileSync } from "node:fs";
import { takeSecrets } from "../secret-files.ts";

/** Before any command runs: secrets that the environment names by file are read. */
export function readSecrets(): void {
  takeSecrets(process.env, (file) => readFileSync(file, "utf8"));
}
