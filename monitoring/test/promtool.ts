import { spawnSync } from "node:child_process";
import { CACHE_DIR, findMonitoring } from "@flashgate/local";
import { PROMETHEUS } from "./shipped.ts";

/** The first look may download it. */
export const DOWNLOAD_MS_MAX = 300_000;

export type Promtool = (...args: readonly string[]) => string;

/** Runs promtool where the rules are: what it says, and "ok" behind it where it is content. */
export async function findPromtool(): Promise<Promtool> {
  const { file, env } = await findMonitoring("promtool", process.env, CACHE_DIR, new AbortController().signal);
  return (...args) => {
    const { status, stdout, stderr } = spawnSync(file, args, { env, cwd: PROMETHEUS, encoding: "utf8" });
    return `${stdout}${stderr}${status === 0 ? "ok" : `failed: ${status}`}`;
  };
}
