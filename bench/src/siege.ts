import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { endProgram } from "./fleet/ending.ts";
import { provenanceOf } from "./provenance.ts";
import { type Account, accountOf, accountText } from "./siege/account.ts";
import type { Moment } from "./siege/campaign.ts";
import { checkHistory } from "./siege/checker/check-history.ts";
import { promisedBy } from "./siege/plan.ts";
import { besiege } from "./siege/run.ts";
import type { Floors } from "./siege/shortfall.ts";

interface Options {
  readonly minutes: number;
  readonly kills: number;
  readonly seed: number;
  readonly shoppers: number;
  readonly attemptsMin?: number;
  readonly acksMin?: number;
  readonly verdictsMin?: number;
  readonly reopenSeconds: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly keep?: boolean;
}

const COLUMNS = 100;

const program = new Command("siege")
  .description(
    "Besieges a whole deployment: real processes and stores, a crowd that writes down what it is told, and a seeded plan of kills, stops, partitions and losses of data. Then heals everything, and holds the history against ledger and gate. Exits with 1 on any violation, and where the run did not exercise what it promised.",
  )
  .option("--minutes <n>", "how long", number, 2)
  .option("--kills <n>", "SIGKILLs; stops and partitions are half as many, losses of Redis data a tenth", number, 12)
  .option("--seed <n>", "of the plan and of what the crowd wants", number, 1)
  .option("--shoppers <n>", "shoppers at once", number, 128)
  .option("--attempts-min <n>", "checkout attempts without which the run does not count", number)
  .option("--acks-min <n>", "acknowledged checkouts, likewise", number)
  .option("--verdicts-min <n>", "checkouts in each verdict state, likewise", number)
  .option("--reopen-seconds <n>", "what gates may take from Redis's first answer on", number, 5)
  .option("--json", "the report, for machines, on standard output")
  .option("--out <file>", "the report, for machines, in a file")
  .option("--keep", "keep data, logs and history, which are also kept where the siege fails")
  .action(siege);

await program.parseAsync();

async function siege(options: Options): Promise<void> {
  // A report that cannot be written is told before the siege, not after it.
  if (options.out !== undefined) mkdirSync(dirname(resolve(options.out)), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "flashgate-siege-"));
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => interruption.abort(new Error(`interrupted by ${name}`)));
  }
  let kept = true;
  try {
    const account = await run(options, folder, interruption.signal);
    const json = `${JSON.stringify(account, null, 2)}\n`;
    process.stdout.write(options.json ? json : `${accountText(account)}\n`);
    if (options.out !== undefined) writeFileSync(resolve(options.out), json);
    kept = options.keep === true || !account.ok;
    if (!account.ok) process.exitCode = 1;
  } catch (error) {
    // one that never began has left nothing to look at
    const began = existsSync(join(folder, "logs"));
    kept = options.keep === true || (began && !interruption.signal.aborted);
    const cause = interruption.signal.aborted ? interruption.signal.reason : error;
    process.stderr.write(`error: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    process.exitCode = 1;
  } finally {
    if (kept) process.stderr.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    endProgram();
  }
}

async function run(options: Options, folder: string, signal: AbortSignal): Promise<Account> {
  const { minutes, kills, seed, shoppers } = options;
  const startedAtMs = Date.now();
  const { run: done, verdict } = await besiege(
    {
      ...{ minutes, kills, seed, shoppers, folder, signal },
      secret: randomBytes(24).toString("hex"),
      env: process.env,
      onMoment: process.stderr.isTTY ? draw : () => undefined,
    },
    checkHistory,
  );
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
  return accountOf(done, verdict, floorsOf(options), { seed, provenance: provenanceOf("siege"), startedAtMs });
}

/** What is not said is scaled with the length of the siege, low enough for a machine that has other things to do. */
function floorsOf({ minutes, kills, attemptsMin, acksMin, verdictsMin, reopenSeconds }: Options): Floors {
  const promised = promisedBy({ kills });
  const attempts = attemptsMin ?? Math.floor(minutes * 3_000);
  return {
    promised,
    attempts,
    acknowledged: acksMin ?? Math.floor(attempts * 0.3),
    eachVerdict: verdictsMin ?? Math.floor(minutes * 20),
    holdsLost: 60,
    reopenings: Math.floor(promised.kills.redis / 4),
    reopenMsMax: reopenSeconds * 1_000,
    settleMsMax: 120_000,
  };
}

function draw({ phase, elapsedMs, faults, counts }: Moment): void {
  const told = Object.entries(counts?.told ?? {}).map(([state, times]) => `${state} ${times}`);
  const parts = [
    `${phase} ${Math.round(elapsedMs / 1_000)} s`,
    `${faults} faults`,
    `${counts?.attempts ?? 0} attempts`,
    `${counts?.acknowledged ?? 0} acknowledged`,
    ...told,
  ];
  process.stderr.write(`\r\x1b[2K${parts.join("   ").slice(0, (process.stderr.columns || COLUMNS) - 1)}`);
}

function number(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && text.trim() !== "") return value;
  throw new InvalidArgumentError("a number is wanted");
}
