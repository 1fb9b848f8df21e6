import { Pool } from "undici";
import { complaintOf } from "./complaints.ts";
import { Forge, type Forged, type HandedOut } from "./forge.ts";
import { growthOf, restingBytes } from "./memory.ts";
import type { Target } from "./target.ts";
import { attack, wireAttacks } from "./wire-attacks.ts";

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Requests at once. */
  readonly connections: number;
}

export interface FuzzAccount {
  readonly ok: boolean;
  readonly seed: number;
  readonly requests: number;
  /** Requests that no client can send: refused by the one that was to send them. */
  readonly unsendable: number;
  readonly wireAttacks: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From when it was warm to the end, as a share; null for too short a run. */
  readonly memoryGrowth: number | null;
  readonly confirmedUnits: number;
  /** Everything that was wrong, the first of each kind with what was asked. */
  readonly complaints: readonly string[];
}

/** Every status that is promised and that a run of this length must have seen, else it tried nothing. */
const WANTED = ["200", "202", "400", "401", "403", "404", "405", "409", "413", "415", "422"];
const WANTED_FROM_REQUESTS = 3_000;
const GROWTH_MAX = 0.1;
/**
 * A run of so many requests rests twice, to see whether it grew: when a third of it has warmed the api up, and at its end.
 * What is kept in mind of tickets, verdicts and users is bounded, but takes some 100,000 requests to fill.
 */
const GROWTH_FROM_REQUESTS = 300_000;
/** The api holds an answer back for up to 30 s where it is asked to. */
const ANSWER_MS_MAX = 35_000;

/** Sends forged requests and wire attacks, and judges every answer, the processes, their memory and the books. */
export async function fuzz(target: Target, { requests, seed, connections }: FuzzOptions): Promise<FuzzAccount> {
  const { saleId, itemIds } = target;
  const forge = new Forge({ seed, saleIds: [saleId], itemIds });
  const complaints = new Map<string, string>();
  const statuses: Record<string, number> = {};
  let [sent, unsendable] = [0, 0];
  const pool = new Pool(target.url, { connections, pipelining: 1 });

  const askUpTo = async (total: number) => {
    while (sent < total) {
      sent += 1;
      const request = forge.next();
      const told = await send(pool, request);
      if (told === "unsendable") {
        unsendable += 1;
        continue;
      }
      statuses[told.status] = (statuses[told.status] ?? 0) + 1;
      learnFrom(forge, told.status, told.body);
      const complaint = complaintOf(request, told);
      if (complaint && !complaints.has(complaint)) complaints.set(complaint, `${complaint}: ${describe(request)}`);
    }
  };
  const attacks = wireAttacks(saleId);
  const everybodyUpTo = (total: number) => Promise.all(Array.from({ length: connections }, () => askUpTo(total)));
  const resting = async () => (requests < GROWTH_FROM_REQUESTS ? null : restingBytes(target.apiPid));
  const wire = await Promise.all(attacks.map((each) => attack(target.url, each)));
  await everybodyUpTo(Math.floor(requests / 3));
  const warmBytes = await resting();
  await everybodyUpTo(requests);
  const growth = growthOf(warmBytes, await resting());
  await pool.close();

  const { confirmedUnits, violations } = await target.audit();
  const deaths = await target.deaths();
  const all = [
    ...complaints.values(),
    ...wire.flatMap((complaint) => complaint ?? []),
    ...(requests >= WANTED_FROM_REQUESTS ? WANTED.filter((status) => !statuses[status]) : []).map(
      (status) => `no request was answered ${status}: the run tried too little`,
    ),
    ...(growth !== null && growth > GROWTH_MAX ? [`the api grew by ${(growth * 100).toFixed(1)} %`] : []),
    ...deaths.map((death) => `ended though nobody had asked for it: ${death}`),
    ...target.errorLines().map((line) => `logged an error: ${line.slice(0, 300)}`),
    ...violations.map((violation) => `the audit found ${violation}`),
  ];
  return {
    ok: all.length === 0,
    ...{ seed, requests, unsendable, statuses, confirmedUnits, complaints: all },
    wireAttacks: attacks.length,
    memoryGrowth: growth,
  };
}

type Answer = {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
};

/** An answer that does not come is status 0: the judge has a word for it. */
async function send(pool: Pool, { method, path, headers, body }: Forged): Promise<Answer | "unsendable"> {
  try {
    const answer = await pool.request({
      ...{ method, path, headers, body },
      headersTimeout: ANSWER_MS_MAX,
      bodyTimeout: ANSWER_MS_MAX,
    });
    const { statusCode: status, headers: told } = answer;
    if (!String(told["content-type"]).startsWith("text/event-stream")) {
      return { status, headers: told, body: await answer.body.text() };
    }
    // a stream goes on for as long as somebody listens
    answer.body.on("error", () => undefined).destroy();
    return { status, headers: told, body: "" };
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") return "unsendable";
    return { status: 599, headers: {}, body: `no answer: ${code}` };
  }
}

function learnFrom(forge: Forge, status: number, body: string): void {
  if (status !== 202) return;
  const { ticket, id } = Object(JSON.parse(body)) as Partial<HandedOut>;
  if (ticket !== undefined && id !== undefined) forge.learn({ ticket, id });
}

function describe({ method, path, headers, body }: Forged): string {
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 400)} ${body?.slice(0, 300) ?? ""}`;
}
