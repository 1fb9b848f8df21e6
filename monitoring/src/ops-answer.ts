import type { ServerResponse } from "node:http";

/** What an ops port answers by itself. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function text(status: number, body: string, headers: Answer["headers"] = {}): Answer {
  return { status, type: "text/plain; charset=utf-8", body, headers };
}

export function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(value, null, 2)}\n` };
}

/** The answer to a form: the browser gets this page instead. */
export function seeOther(location: string, headers: Answer["headers"] = {}): Answer {
  return text(303, "", { ...headers, location });
}

export function notAllowed(allow: string): Answer {
  return text(405, `${allow}\n`, { allow });
}

export function write(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status === 401 && { "www-authenticate": "Bearer" }),
    ...headers,
  });
  response.end(body);
}
