/** An answer, as much of it as is judged. */
export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What no answer may let out: traces of the program behind it. */
const LEAKS = /\n\s+at |node_modules|\/dist\/|\.ts:\d|SELECT |INSERT |ECONN|Redis|Postgres/;

/** Paths of the contest API, which words its errors in its own way. */
const CONTEST = /^\/(checkout|purchase|sales|admin\/sales|health)\b/;

/** What is wrong with an answer, whatever was asked; null where nothing is. Method and path as they were sent. */
export function complaintOf(
  { method, path }: { readonly method: string; readonly path: string },
  { status, headers, body }: Told,
): string | null {
  if (status >= 500 && status !== 503) return `answered ${status}`;
  if (status === 503 && headers["retry-after"] === undefined) return "answered 503 without Retry-After";
  if (LEAKS.test(body)) return `let out ${JSON.stringify(LEAKS.exec(body)?.[0])}`;
  if (status < 400 || method === "HEAD" || status === 431) return null;
  const type = String(headers["content-type"] ?? "");
  if (CONTEST.test(path) && type.startsWith("application/json")) return contestFault(status, body);
  return problemFault(status, type, body);
}

function contestFault(status: number, body: string): string | null {
  return /^\{"(message|services_status)":/.test(body)
    ? null
    : `answered ${status} without a message: ${body.slice(0, 200)}`;
}

function problemFault(status: number, type: string, body: string): string | null {
  // Node's own answer to what is not HTTP at all has no body
  if (type === "" && body === "" && (status === 400 || status === 408)) return null;
  if (!type.startsWith("application/problem+json")) return `answered ${status} as "${type}", which is no problem`;
  try {
    const problem = JSON.parse(body) as Record<string, unknown>;
    const whole = ["type", "title", "code", "request_id"].every((name) => typeof problem[name] === "string");
    if (!whole || problem["status"] !== status) return `answered ${status} with half a problem: ${body.slice(0, 200)}`;
    return null;
  } catch {
    return `answered ${status} with what is not JSON: ${body.slice(0, 200)}`;
  }
}
