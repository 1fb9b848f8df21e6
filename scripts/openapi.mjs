#!/usr/bin/env node
// Writes docs/openapi*.json, as the compiled api makes them. With --release they also become what later ones are
// compared with, and nothing is declared broken any more: to be done with a release, and at no other time.
import { copyFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openApiText, SURFACES } from "@flashgate/api/openapi";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
for (const surface of SURFACES) {
  const file = surface === "public" ? "openapi.json" : `openapi-${surface}.json`;
  writeFileSync(`${docs}${file}`, openApiText(surface));
  if (process.argv.includes("--release")) copyFileSync(`${docs}${file}`, `${docs}released/${file}`);
}
if (process.argv.includes("--release")) writeFileSync(`${docs}released/breaks.json`, "{}\n");
