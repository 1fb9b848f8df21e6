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

/** A shopper was answered otherwise than all should have been: what was measured is of something else. */
export class Disturbed extends Error {
  override readonly name = "Disturbed";
}

/** Sends the shoppers; resolves when the last has been answered. Throws {@link Disturbed} where one is told otherwise. */
export async function sendShoppers(door: FrontDoor, errands: Errands): Promise<void> {
  const { url, saleId, crowd, count, connections, wanted } = errands;
  const path = `/v1/sales/${saleId}/checkouts`;
  let [sent, other] = [0, ""];
  const serve = async () => {
    while (sent < count && other === "") {
      sent += 1;
      const headers = { "content-type": "application/json", "x-user-id": `${crowd}-${sent}` };
      const answer = await door.ask(url, { method: "POST", path, headers, body: BODY, patienceMs: PATIENCE_MS });
      const status = answer.kind === "answer" ? answer.status : answer.why;
      if (status !== wanted) other = String(status);
    }
  };
  await Promise.all(Array.from({ length: connections }, serve));
  if (other !== "") throw new Disturbed(`${crowd}: ${wanted} was to be answered, ${other} was`);
}
