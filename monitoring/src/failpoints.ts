import { writeFileSync } from "node:fs";

/** The named lines at which a test may kill a process, and what has happened by then. */
export const FAILPOINTS = {
  "reserve.held": "api: the gate holds it; nobody was told, nothing is on its way to the judge",
  "reserve.answered": "api: a checkout was answered; what was accepted is not on its way to the judge",
  "reserve.enqueued": "api: its page is in the queue; an answer that was held back was not given",
  "purchase.submitted": "api: the gate took the purchase; nobody was told",
  "cancel.entombed": "api: the ledger says cancelled; the gate still holds it",
  "settle.uncommitted": "worker: the transaction has written everything and is not committed",
  "settle.committed": "worker: the ledger has the verdicts; the gate still holds the checkouts",
  "settle.finalised": "worker: the gate knows the verdicts; the job is not completed",
  "recover.begun": "scheduler: the ledger has the new epoch; the gate is as it was",
  "recover.shut": "scheduler: the gate is shut in favour of the new epoch",
  "recover.adopted": "scheduler: the ledger has adopted what survived; the gate is still shut",
  "recover.installed": "scheduler: the gate is open; nobody was told by this process",
  "sweep.claimed": "scheduler: the gate has claimed carts past their deadline; the ledger has no verdict",
  "sweep.entombed": "scheduler: the ledger has written a verdict; the gate still holds the checkout",
  "sweep.finalised": "scheduler: the gate knows the verdict",
  "sweep.paged": "scheduler: a hold that nobody moved is in the queue again",
  "close.sealed": "scheduler: the ledger has sealed the sale; the gate is still open",
  "close.retired": "scheduler: the gate of a sealed sale is shut for good",
  "retain.begun": "scheduler: a sale past its retention is in no list any more; all its rows are there",
  "retain.removed": "scheduler: some rows of such a sale are gone",
  "rotate.scheduled": "scheduler: one hourly sale was prepared, the next ones not yet",
} as const;

export type Failpoint = keyof typeof FAILPOINTS;

/** Which point, if any, an answer of each method has reached. */
type PointsByReply<Port> = {
  readonly [Name in keyof Port]?: Port[Name] extends (...args: never[]) => Promise<infer Reply>
    ? (reply: Reply) => Failpoint | false
    : never;
};

interface Armed {
  readonly signal: "SIGKILL" | "SIGSTOP";
  readonly file: string;
  readonly times: number;
}

type Settings = Readonly<Record<string, string | undefined>>;

/** `settle.committed@/tmp/marker`, `settle.uncommitted@/tmp/marker*5`, `settle.uncommitted=stop@/tmp/marker` */
const ENTRY = /^([^@=]+)(=stop)?@(.+?)(?:\*([1-9]\d*))?$/;

/**
 * Crashes on demand: the process ends by SIGKILL (or freezes by SIGSTOP) at the points that `FLASHGATE_FAILPOINTS` names,
 * each as often as it can create the marker `<file>.1`, `<file>.2`, … that nobody created before: once, in whichever
 * process comes there first. After FreeBSD's fail(9), whose points also lie inert in the product.
 */
export class Failpoints {
  readonly #armed: ReadonlyMap<Failpoint, Armed>;
  readonly #signal: Signal;

  /** `signal`: sends this process a signal. */
  constructor(armed: ReadonlyMap<Failpoint, Armed>, signal: Signal) {
    this.#armed = armed;
    this.#signal = signal;
  }

  get names(): Failpoint[] {
    return [...this.#armed.keys()];
  }

  /** The process has come to a point. */
  reach(point: Failpoint): void {
    const armed = this.#armed.get(point);
    if (armed && leaveMarker(armed)) this.#signal(armed.signal);
  }

  /** From now on these methods of this very object, called by itself or by others, reach their points once they have answered. */
  after<Port extends object>(port: Port, points: PointsByReply<Port>): void {
    for (const name of Object.keys(points) as (keyof Port & string)[]) {
      const [method, pointOf] = [port[name], points[name]] as [Method, (reply: unknown) => Failpoint | false];
      const watched = async (...args: unknown[]) => {
        const reply = await method.apply(port, args);
        const point = pointOf(reply);
        if (point) this.reach(point);
        return reply;
      };
      Object.assign(port, { [name]: watched });
    }
  }

  /** From now on every connection that a pool makes reaches the point before it commits: arm it before the first query. */
  beforeCommit(pool: ConnectionPool, point: Failpoint): void {
    pool.on("connect", (client) => {
      const query = client.query.bind(client) as Method;
      const watched = (...args: unknown[]) => {
        if (args[0] === "COMMIT") this.reach(point);
        return query(...args);
      };
      Object.assign(client, { query: watched });
    });
  }
}

type Signal = (signal: Armed["signal"]) => void;
type Method = (...args: unknown[]) => unknown;

/** What a failpoint needs of a pool of database connections. */
interface ConnectionPool {
  on(event: "connect", listener: (client: { query(...args: never[]): unknown }) => void): unknown;
}

/**
 * The failpoints that the environment arms; null, and nothing is touched, where it arms none. Throws on names that do not
 * exist, all of them together with those that do, and wherever `NODE_ENV` is production.
 */
export function readFailpoints(env: Settings, signal: Signal = signalThisProcess): Failpoints | null {
  const text = env["FLASHGATE_FAILPOINTS"] ?? "";
  if (text === "") return null;
  if (env["NODE_ENV"] === "production") {
    throw new Error("FLASHGATE_FAILPOINTS kills processes on purpose: it is refused where NODE_ENV=production");
  }
  const armed = new Map<Failpoint, Armed>();
  const unusable: string[] = [];
  for (const entry of text.split(",")) {
    const [, point = "", stop, file = "", times = "1"] = ENTRY.exec(entry.trim()) ?? [];
    if (isFailpoint(point)) armed.set(point, { signal: stop ? "SIGSTOP" : "SIGKILL", file, times: Number(times) });
    else unusable.push(`"${entry.trim()}"`);
  }
  if (unusable.length > 0) throw new Error(complaint(unusable));
  return new Failpoints(armed, signal);
}

function isFailpoint(name: string): name is Failpoint {
  return Object.hasOwn(FAILPOINTS, name);
}

function complaint(unusable: readonly string[]): string {
  const known = Object.entries(FAILPOINTS).map(([name, meaning]) => `  ${name.padEnd(20)} ${meaning}`);
  return [
    `FLASHGATE_FAILPOINTS is not usable: ${unusable.join(", ")}.`,
    "Give <point>@<marker file>, <point>@<marker file>*<times> or <point>=stop@<marker file>, separated by commas.",
    "The points are:",
    ...known,
  ].join("\n");
}

/** Whether this process is the one that the next marker is for: creating a file is decided by the file system, once. */
function leaveMarker({ file, times }: Armed): boolean {
  for (let time = 1; time <= times; time += 1) {
    try {
      writeFileSync(`${file}.${time}`, String(process.pid), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return false;
}

/** The kernel ends or freezes it before the call returns. */
function signalThisProcess(signal: Armed["signal"]): void {
  process.kill(process.pid, signal);
}
