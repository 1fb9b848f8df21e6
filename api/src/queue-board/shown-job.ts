/** What a board is told of a job, of whatever kind. */
export interface JobFacts {
  readonly id?: string | number | null | undefined;
  readonly name: string;
  readonly data?: unknown;
  readonly returnvalue?: unknown;
  readonly progress?: unknown;
  readonly opts?: unknown;
  readonly failedReason?: unknown;
  readonly stacktrace?: unknown;
  readonly deferredFailure?: unknown;
}

const MASKED = "[masked]";
const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const REASON_CHARS_MAX = 300;

type Test = (value: unknown) => boolean;
const isNumber: Test = (value) => typeof value === "number";
const isText = (shape: string): Test => {
  const pattern = new RegExp(`^(?:${shape})$`);
  return (value) => typeof value === "string" && pattern.test(value);
};
const isCheckout = isText(UUID);
const isName = isText("page");
const isBackoff = isText("fixed|exponential");

/** The fields that are shown, each only where it holds what it should: a job may have been edited by anybody. */
const DATA: ReadonlyMap<string, Test> = new Map([
  ["saleId", isText(`\\d{10}|x-${UUID}`)],
  ["epoch", isNumber],
  ["checkoutId", isCheckout],
  ["checkoutIds", (value) => Array.isArray(value) && value.every(isCheckout)],
]);

const OPTIONS: ReadonlyMap<string, Test> = new Map([
  ["attempts", isNumber],
  ["delay", isNumber],
  ["priority", isNumber],
  [
    "backoff",
    (value) =>
      Object.entries(Object(value)).every(([name, field]) => (name === "type" ? isBackoff(field) : isNumber(field))),
  ],
]);

/**
 * A job as it may be shown: its id, times and counts, which sale, which checkouts, what went wrong. Users, idempotency keys,
 * fingerprints and whatever else is in it or in its errors stays out, also where it should not have been there in the first
 * place.
 */
export function shownJob(job: JobFacts) {
  const { id, name, data, opts, returnvalue, progress, failedReason, deferredFailure, stacktrace } = job;
  return {
    ...Object.fromEntries(Object.entries(job).filter(([, value]) => isNumber(value))),
    id,
    name: isName(name) ? name : MASKED,
    data: picked(data, DATA),
    opts: picked(opts, OPTIONS),
    returnvalue: returnvalue == null ? null : MASKED,
    progress: isNumber(progress) ? progress : 0,
    ...(failedReason === undefined ? {} : { failedReason: shownReason(failedReason) }),
    ...(deferredFailure === undefined ? {} : { deferredFailure: shownReason(deferredFailure) }),
    ...(Array.isArray(stacktrace) ? { stacktrace: stacktrace.map(shownStack) } : {}),
  };
}

function picked(value: unknown, fields: ReadonlyMap<string, Test>) {
  const entries = Object.entries(Object(value));
  const shown = entries.filter(([name, field]) => fields.get(name)?.(field));
  const masked = entries.length - shown.length;
  return { ...Object.fromEntries(shown), ...(masked > 0 ? { masked } : {}) };
}

/** A prepared statement: what it was run with stands on the next line. */
const STATEMENT = /^(?:Error: )?Failed query: /;
/** Where an error quotes what it was given, and not the name of something of ours. */
const QUOTES = /(?<!\b(?:constraint|relation|column) )(["'`]).*\1|(?<==)\(.*\)/g;

/** An error's own words: its first line, without what it quotes. */
export function shownReason(reason: unknown): string {
  const [line = ""] = String(reason ?? "").split("\n");
  return (STATEMENT.test(line) ? line : line.replace(QUOTES, MASKED)).slice(0, REASON_CHARS_MAX);
}

/** A stack is its error's words, and where it was thrown. */
function shownStack(stack: unknown): string {
  const frames = String(stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  return [shownReason(stack), ...frames].join("\n");
}
