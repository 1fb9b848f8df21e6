import type { Scene } from "../scene.ts";
import type { Stage } from "../stage.ts";

const USER = "rehearsal-poison";
/** No text of Postgres may hold it. */
const POISON = "\0";

/** A hold that the database cannot take, and no script of the gate writes: its idempotency key has a NUL at its end. */
export function deadLetters(): Scene {
  let poisoned = "";
  return {
    name: "dead-letters",
    alerts: ["FlashgateDeadLetters"],
    trouble:
      "a cart's idempotency key is given a NUL in Redis and the cart bought: the database refuses it at every try",
    mending: "`flashgate dlq ls` tells why; the NUL is taken out; `flashgate dlq retry` has it judged",
    async cause(stage) {
      const answer = await stage.shop("POST", `/v1/sales/${stage.saleId}/checkouts`, USER, {
        items: [{ item_id: "any", quantity: 1 }],
        mode: "cart",
      });
      const { id, ticket } = Object(await answer.json());
      poisoned = String(id);
      await rewriteHold(stage, poisoned, (hold) => `${hold}${POISON}`);
      const bought = await stage.shop("POST", `/v1/tickets/${ticket}/purchase`, USER);
      if (!bought.ok) throw new Error(`the cart could not be bought: ${await bought.text()}`);
    },
    async mend(stage) {
      const { code, output } = await stage.flashgate("dlq", "ls", "--json");
      if (code !== 0 || !output.includes(poisoned)) throw new Error(`dlq ls does not name it: ${output}`);
      await rewriteHold(stage, poisoned, (hold) => hold.replaceAll(POISON, ""));
      const retried = await stage.flashgate("dlq", "retry", poisoned);
      if (retried.code !== 0) throw new Error(`dlq retry: ${retried.output}`);
    },
  };
}

async function rewriteHold(
  { fleet, stores, saleId }: Stage,
  id: string,
  rewrite: (hold: string) => string,
): Promise<void> {
  const sale = await stores.ledger.find(saleId);
  const holds = `flashgate:{${saleId}}:${sale?.openEpoch}:holds`;
  const hold = await fleet.active.admin.hget(holds, id);
  if (hold === null) throw new Error(`the gate does not hold ${id}`);
  await fleet.active.admin.hset(holds, id, rewrite(hold));
}
