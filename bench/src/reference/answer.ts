import type { RequestListener } from "node:http";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** What a reference program answers: always the same, as long as the product's own answer. */
export interface FixedAnswer {
  readonly status: number;
  readonly body: object;
}

/** Who started the program says what it answers. */
export function answerOf(env: NodeJS.ProcessEnv): FixedAnswer {
  return JSON.parse(env["ANSWER"] ?? "") as FixedAnswer;
}

/** Listens on any port, and tells it. Ends with whoever started it. */
export function serve(listener: RequestListener): void {
  const server = http.createServer(listener).listen(0, "127.0.0.1", () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
  process.once("disconnect", () => process.exit());
}
