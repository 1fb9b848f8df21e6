import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { count } from "./count-option.ts";
import { endProgram } from "./fleet/ending.ts";
import { provenanceOf } from "./provenance.ts";
import { Rehearsal, type SceneResult } from "./rehearsal/rehearsal.ts";
import { type RehearsalReport, reportOf, reportText } from "./rehearsal/rehearsal-report.ts";
import type { Scene } from "./rehearsal/scene.ts";
import { allScenes } from "./rehearsal/scenes/all.ts";
import { alertNames } from "./rehearsal/shipped.ts";
import { Stage } from "./rehearsal/stage.ts";

/** As many of each as docker-compose.yml runs. */
const COUNT = { api: 2, worker: 2, scheduler: 1 };

interface Options {
  readonly scenes: readonly Scene[];
  readonly forSecondsMax?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly keep?: boolean;
}

const scenes = allScenes();

await new Command("rehearse")
  .description(
    "Sets off every alert on a whole deployment of its own, watched by a real Prometheus with the configuration that ships: does the harm, waits for the alert, does what the runbook says, and waits until the alert is gone. Asks every query of the dashboard meanwhile. Exits with 1 where an alert does not fire or clear, or a panel has nothing to show.",
  )
  .option("--scenes <names>", `some of ${scenes.map(({ name }) => name).join(", ")}`, chosen, scenes)
  .option("--for-seconds-max <n>", "cut down every `for` of the alerts to so many seconds", count)
  .option("--json", "the report, for machines, on standard output")
  .option("--out <file>", "the report as Markdown, in a file")
  .option("--keep", "keep data and logs, which are also kept where the rehearsal fails")
  .action(rehearse)
  .parseAsync();

async function rehearse(options: Options): Promise<void> {
  if (options.out !== undefined) mkdirSync(dirname(resolve(options.out)), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "flashgate-rehearsal-"));
  let kept = true;
  try {
    const report = await run(options, folder);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    if (options.out !== undefined) writeFileSync(resolve(options.out), reportText(report));
    kept = options.keep === true || !report.ok;
    if (!report.ok) process.exitCode = 1;
  } finally {
    if (kept) process.stderr.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  endProgram();
}

async function run(options: Options, folder: string): Promise<RehearsalReport> {
  const { scenes: asked } = options;
  const forSecondsMax = options.forSecondsMax ?? null;
  const startedAt = new Date();
  const tell = (words: string) => void process.stderr.write(`${elapsedS(startedAt)} s  ${words}\n`);
  const stage = await Stage.start({
    ...{ folder, forSecondsMax, count: COUNT, env: process.env },
    secret: randomBytes(24).toString("hex"),
    opsToken: randomBytes(24).toString("hex"),
    holdHour: asked.some(({ fromTheStart }) => fromTheStart),
  });
  try {
    const rehearsal = new Rehearsal(stage, tell);
    const results: SceneResult[] = [];
    for (const scene of asked) results.push(await rehearsal.play(scene));
    const { active, postgres } = stage.fleet;
    const facts = {
      ...provenanceOf("rehearse"),
      startedAt: startedAt.toISOString(),
      durationS: elapsedS(startedAt),
      stores: { postgres: postgres.recipe.version, redis: active.recipe.version },
      ...{ forSecondsMax, scenes: results, panels: rehearsal.panels },
      unanswered: await rehearsal.unanswered(),
    };
    return reportOf(facts, asked.length === scenes.length ? alertNames() : null);
  } finally {
    await stage.stop();
  }
}

function elapsedS(since: Date): number {
  return Math.round((Date.now() - since.getTime()) / 1_000);
}

function chosen(text: string): readonly Scene[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !scenes.some((scene) => scene.name === name));
  if (unknown.length > 0) throw new InvalidArgumentError(`there is no scene ${unknown.join(", ")}`);
  return scenes.filter(({ name }) => names.includes(name));
}
