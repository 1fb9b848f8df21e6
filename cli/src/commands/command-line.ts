import { basename, relative, sep } from "node:path";
import { DATA_FOLDER } from "./data-option.ts";

/** A command of this program to be pasted into another terminal in the same folder, for the same instance. */
export function commandLine(words: string, dataDir: string): string {
  const data = dataDir === DATA_FOLDER ? "" : ` --data ${dataDir}`;
  return `${program()} ${words}${data}`;
}

/** How this program was started. */
function program(): string {
  const path = process.argv[1] ?? "flashgate";
  if (path.includes(`node_modules${sep}`)) return "npx flashgate";
  return path.endsWith(".js") ? `node ${relative(process.cwd(), path)}` : basename(path);
}
