import { type IncomingHttpHeaders, request } from "node:http";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. */
export function ask(
  url: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, async (response) => {
      let received = "";
      for await (const chunk of response) received += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received });
    });
    outgoing.on("error", reject).end(body);
  });
}
