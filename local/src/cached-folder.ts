import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { commandOf } from "./processes.ts";

/**
 * Makes `folder` with `fill` unless it is there, and never shows it half filled. Any number of processes may ask at
 * once: each fills a draft beside it, and the first to finish gives it the name.
 */
export async function cachedFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.draft-${process.pid}-${randomBytes(4).toString("hex")}`;
  mkdirSync(draft, { recursive: true });
  try {
    await removeAbandonedDrafts(folder);
    await fill(draft);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // somebody else's copy is in place, as good as ours
    if (!existsSync(folder)) throw error;
  }
}

async function removeAbandonedDrafts(folder: string): Promise<void> {
  const drafts = readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.draft-`));
  for (const draft of drafts) {
    const maker = Number(/\.draft-(\d+)-/.exec(draft)?.[1]);
    const isAbandoned = (await commandOf(maker)) === "";
    if (isAbandoned) rmSync(join(dirname(folder), draft), { recursive: true, force: true });
  }
}
