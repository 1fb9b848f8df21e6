import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RoomBuild } from "./judge-build.ts";

const MANIFEST = z.object({ workspaces: z.array(z.string()).default([]) });

/** Of every room of the checkout at `root`; none where there are no sources, as in an image. */
export function roomBuilds(root: string): RoomBuild[] {
  const { workspaces } = MANIFEST.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  return workspaces.flatMap((room) => {
    const sources = join(root, room, "src");
    if (!existsSync(sources)) return [];
    // the compiler writes it last
    const record = join(root, room, "dist", ".tsbuildinfo");
    return [{ room, changedMs: newestIn(sources), compiledMs: existsSync(record) ? statSync(record).mtimeMs : null }];
  });
}

function newestIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return Math.max(0, ...entries.map((name) => statSync(join(folder, name)).mtimeMs));
}
