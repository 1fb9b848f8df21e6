import type { Response } from "express";

/** Answers of this turn of the event loop. */
let waiting: { readonly response: Response; readonly body: string | Buffer }[] = [];

/**
 * Sends an answer whose head is written at the end of this turn of the event loop, together with the others of this turn:
 * a client, or a proxy with a crowd behind it, is woken once for all of them and not for each, which costs more than the
 * answer. Who asks alone waits for nobody: then the turn is over at once.
 */
export function sendSoon(response: Response, body: string | Buffer): void {
  if (waiting.push({ response, body }) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  const answers = waiting;
  waiting = [];
  for (const { response, body } of answers) response.end(body);
}
