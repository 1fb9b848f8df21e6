import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { wholeNumber } from "../arguments.ts";
import { Children } from "../children.ts";
import { steadyClock, wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { Connection } from "../connection.ts";
import { DemoCrowd } from "../demo-crowd.ts";
import { newSecret } from "../ids.ts";
import { childPlans } from "../instance-plan.ts";
import { Interrupted, onInterruption, orInterrupted } from "../interruption.ts";
import { keepSecret } from "../kept-secret.ts";
import { runOwnCommand } from "../own-command.ts";
import { freePorts } from "../ports.ts";
import { readSale, type SaleView } from "../sale-view.ts";
import { until } from "../until.ts";
import { readUpState, removeUpState, upStateOf, writeUpState } from "../up-state.ts";
import { welcomeText } from "../welcome.ts";
import { commandLine } from "./command-line.ts";
import { DATA_FOLDER } from "./data-option.ts";
import { type Databases, startDatabases } from "./databases.ts";
import { type Addresses, withStores } from "./stores.ts";
import { colours, print } from "./terminal.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));
const PROCESSES_MAX = 32;
/** How long the first sale may take to be scheduled and opened. */
const SALE_OPEN_MS_MAX = 60_000;

interface UpOptions {
  readonly port: number;
  readonly api: number;
  readonly worker: number;
  readonly scheduler: number;
  readonly data: string;
}

/** `flashgate up` */
export function addUp(program: Command): void {
  const processes = wholeNumber(1, PROCESSES_MAX);
  program
    .command("up")
    .summary("run everything: databases, api, worker, scheduler")
    .description(
      "Runs everything under one supervisor: a private Postgres and Redis (or those of DATABASE_URL and REDIS_URL), the api, worker and scheduler processes, and this hour's sale. A process that dies is started again. Ctrl-C drains and stops all of it in order; kill -9 leaves nothing behind.",
    )
    .addOption(
      new Option("--port <n>", "port of the first api; further ones get the next ports (0: any)")
        .argParser(wholeNumber(0, 65_535))
        .default(3_000)
        .env("PORT"),
    )
    .option("--api <n>", "api processes", processes, 1)
    .option("--worker <n>", "worker processes", processes, 1)
    .option("--scheduler <n>", "scheduler processes", processes, 1)
    .option("--data <folder>", "where data, logs, the secrets and up.json are kept", DATA_FOLDER)
    .addHelpText("after", HELP)
    .action(up);
}

const HELP = `
The environment reaches every process: LOG_LEVEL, ROTATION=off (no hourly sales), TICKET_SECRET
and OPS_TOKEN (else they are made, and kept in the data folder as ticket-secret and ops-token), CONTEST_API=off, HOST, …

Examples:
  flashgate up
  flashgate up --api 2 --worker 2 --port 8080
  DATABASE_URL=postgres://… REDIS_URL=redis://… flashgate up`;

async function up(options: UpOptions): Promise<void> {
  const startedMs = steadyClock.nowMs();
  const interruption = onInterruption(() => print("Still stopping: the databases go last."));
  interruption.addEventListener("abort", () => print("\nStopping: api, worker, scheduler, databases."));
  const other = readUpState(options.data);
  if (other) {
    throw new CommandFault(
      `${options.data} is in use by pid ${other.pid}: stop that run (kill ${other.pid}), or choose another folder with --data`,
    );
  }
  const host = process.env["HOST"] || "127.0.0.1";
  const apiPorts = await freePorts(host, options.port, options.api);
  mkdirSync(join(options.data, "logs"), { recursive: true });

  print(`Starting Postgres and Redis on ${options.data} …`);
  try {
    const databases = await startDatabases(options.data, interruption);
    try {
      await runProcesses(options, apiPorts, databases, { startedMs, interruption });
    } finally {
      await databases.stop();
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  print("Stopped.");
}

interface UpRun {
  readonly startedMs: number;
  readonly interruption: AbortSignal;
}

/** What runs on one's own machine answers the contest's clients too, unless it wants to know who is asking. */
const contestDefault = ({ AUTH }: NodeJS.ProcessEnv) => (AUTH && AUTH !== "trusted" ? {} : { CONTEST_API: "on" });

/** The crowd of a demonstration names its shoppers itself, which only a trusted one may. */
const crowdDefault = ({ AUTH, NODE_ENV }: NodeJS.ProcessEnv) =>
  NODE_ENV === "production" || (AUTH && AUTH !== "trusted") ? {} : { DEMO_CROWD: "on" };

const localDefaults = (env: NodeJS.ProcessEnv) => ({ ...contestDefault(env), ...crowdDefault(env) });

/** Runs the processes until the user or the databases end it. */
async function runProcesses(options: UpOptions, apiPorts: number[], databases: Databases, run: UpRun): Promise<void> {
  const dataDir = options.data;
  const { env, schedulerEnv, down } = databases;
  const secret = process.env["TICKET_SECRET"] || keepSecret(dataDir, "ticket-secret", newSecret);
  const opsToken = process.env["OPS_TOKEN"] || keepSecret(dataDir, "ops-token", newSecret);
  const plans = childPlans({
    program: PROGRAM,
    apiPorts,
    workers: options.worker,
    schedulers: options.scheduler,
    logsDir: join(dataDir, "logs"),
    env: { ...localDefaults(process.env), ...process.env, ...env, TICKET_SECRET: secret, OPS_TOKEN: opsToken },
    schedulerEnv,
  });
  const ending = new AbortController();
  const crowd = new DemoCrowd({
    run: (words) =>
      runOwnCommand([...words, `--data=${dataDir}`], {
        program: PROGRAM,
        env: process.env,
        logFile: join(dataDir, "logs", "crowd.log"),
        signal: ending.signal,
      }),
    tell: (news) => children.tell("api", news),
  });
  const onMessage = (message: unknown) => {
    if (Object(message).kind === "send_crowd") void crowd.send();
  };
  const startedAt = new Date(wallClock.nowMs()).toISOString();
  const publish = () => writeUpState(dataDir, upStateOf(children.list(), process.pid, startedAt));
  const onChanged = () => {
    publish();
    // an api that was started again knows of none
    crowd.repeat();
  };
  const children: Children = new Children(plans, { onChanged, onDied: print, onMessage }, steadyClock);
  publish();
  try {
    await orInterrupted(Promise.race([children.start(), down]), run.interruption);
    const hourly = process.env["ROTATION"] !== "off";
    const sale = hourly ? await openSale(children, databases, run.interruption) : null;
    welcome(options, children, sale, steadyClock.nowMs() - run.startedMs);
    await orInterrupted(down, run.interruption);
  } finally {
    ending.abort();
    await children.stop();
    removeUpState(dataDir, process.pid);
  }
}

/** Waits until this hour's sale sells: it is on, and its gate, which a start of Redis leaves shut, was opened. */
async function openSale(children: Children, addresses: Addresses, signal: AbortSignal): Promise<SaleView> {
  const connection = new Connection(firstUrl(children));
  const patience = { clock: steadyClock, everyMs: 50, timeoutMs: SALE_OPEN_MS_MAX, signal };
  const sale = await withStores(addresses, ({ ledger, opening }) =>
    until(async () => {
      const reading = await readSale(connection, "current");
      if (reading.kind !== "sale" || reading.sale.phase !== "open") return null;
      const known = await ledger.find(reading.sale.id);
      return known && (await opening.isOpen(known.id, known.openEpoch)) ? reading.sale : null;
    }, patience),
  ).finally(() => connection.close());
  if (sale) return sale;
  throw new CommandFault(`This hour's sale did not open within ${SALE_OPEN_MS_MAX / 1_000} s: see the scheduler's log`);
}

function firstUrl(children: Children, of: "url" | "opsUrl" = "url"): string {
  return children.list().find((child) => child.addresses?.[of])?.addresses?.[of] ?? "";
}

function welcome({ data }: UpOptions, children: Children, sale: SaleView | null, tookMs: number): void {
  const apiUrls = children.list().flatMap((child) => child.addresses?.url ?? []);
  const logsDir = join(data, "logs");
  const opsToken = process.env["OPS_TOKEN"] ? "OPS_TOKEN" : join(data, "ops-token");
  const line = (words: string) => commandLine(words, data);
  print(
    welcomeText(
      { tookMs, apiUrls, opsUrl: firstUrl(children, "opsUrl"), opsToken, sale, dataDir: data, logsDir, line },
      colours(process.stdout),
    ),
  );
}
