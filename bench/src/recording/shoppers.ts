import type { FrontDoor } from "../siege/crowd/front-door.ts";

const PATIENCE_MS = 15_000;
const BODY = '{"items":[{"item_id":"any","quantity":1}]}';

export interface Errands {
  readonly url: string;
  readonly saleId: string;
  /** No two crowds of a sale share a name. */
  readonly crowd: string;
  /** New shoppers in all, each of whom asks once. */
  readonly count: number;
  /** How many of them ask at once. */
  readonly connections: number;
  /** What each is to be answered. */
  readonly wanted: number;
}

/** Sends the shoppers; resolves when the last has been answered. Throws at the first answer that is another one. */
export async function sendShoppers(door: FrontDoor, errands: Errands): Promise<void> {
  const { url, saleId, crowd, count, connections, wanted } = errands;
  const path = `/v1/sales/${saleId}/checkouts`;
  let sent = 0;
  const serve = async () => {
    while (sent < count) {
      sent += 1;
      const headers = { "content-type": "application/json", "x-user-id": `${crowd}-${sent}` };
      const answer = await door.ask(url, { method: "POST", path, headers, body: BODY, patienceMs: PATIENCE_MS });
      const status = answer.kind === "answer" ? answer.status : answer.why;
      if (status !== wanted) throw new Error(`${crowd}: ${wanted} was to be answered, ${status} was`);
    }
  };
  await Promise.all(Array.from({ length: connections }, serve));
}
