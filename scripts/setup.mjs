// Makes a clone ready to run: installs what the lock file names when node_modules is behind it, then compiles and builds the pages.
// Plain JavaScript on purpose: it is the one file that runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(
    `setup: "${command} ${args.join(" ")}" failed${error ? `: ${error.message}` : ` with exit code ${status}`}`,
  );
  process.exit(status ?? 1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`setup: Flashgate needs Node 20.11 or newer, this is ${process.versions.node}`);
  process.exit(1);
}

if (modifiedAt(`${root}node_modules/.package-lock.json`) < modifiedAt(`${root}package-lock.json`)) {
  console.log("setup: installing dependencies (npm ci)");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
run("npm", ["exec", "--no", "--", "tsc", "-b"]);
run("node", ["web/build.mjs"]);
