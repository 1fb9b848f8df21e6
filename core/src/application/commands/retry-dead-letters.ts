import { isVerdict, PAGE_CHECKOUTS_MAX, type Verdict } from "../../domain/checkout.ts";
import type { DeadLetter } from "../../domain/dead-letter.ts";
import type { Sale } from "../../domain/sale.ts";
import type { DeadLetterLedger } from "../ports/dead-letter-ledger.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger, SaleLedger, Tomb } from "../ports/ledger.ts";
import type { SettlementQueue } from "../ports/settlement-queue.ts";
import { tombOfLetter } from "../tombs.ts";

export interface RetryParts {
  readonly ledger: Pick<CheckoutLedger, "entomb" | "records"> & DeadLetterLedger & Pick<SaleLedger, "find">;
  readonly holds: Pick<Holds, "read">;
  readonly queue: Pick<SettlementQueue, "enqueue">;
}

/**
 * What became of a checkout that was to be tried again. `sent`: it is on its way to the judge, and a dead letter again only
 * if it fails again. `decided`: it has a verdict, so there is nothing to try. `not_held`: the gate does not hold it just
 * now; whether it is lost, the recovery will tell.
 */
export type Retried =
  | { readonly kind: "sent" }
  | { readonly kind: "decided"; readonly verdict: Verdict }
  | { readonly kind: "not_held" };

/** `unknown`: that checkout never failed. */
export type RetryOutcome = (Retried & { readonly saleId: string }) | { readonly kind: "unknown" };

/** How many dead letters came to what. */
export type RetryCounts = Readonly<Record<Retried["kind"], number>>;

/**
 * Sends one checkout to the judge again. Repeatable: one that is on its way is sent once more, and one that was decided is
 * told of.
 */
export async function retryDeadLetter(parts: RetryParts, checkoutId: string): Promise<RetryOutcome> {
  const letter = await parts.ledger.failureOf(checkoutId);
  if (!letter) return { kind: "unknown" };
  const retried = (await retry(parts, letter.saleId, [letter])).get(checkoutId);
  return retried ? { ...retried, saleId: letter.saleId } : { kind: "unknown" };
}

/** Sends every dead letter to the judge again, of one sale or (null) of all. */
export async function retryDeadLetters(parts: RetryParts, saleId: string | null): Promise<RetryCounts> {
  const counts = { sent: 0, decided: 0, not_held: 0 };
  const ofSale = saleId === null ? {} : { saleId };
  let letters: readonly DeadLetter[];
  let behind = {};
  do {
    letters = await parts.ledger.deadLetters({ ...ofSale, ...behind, limit: PAGE_CHECKOUTS_MAX });
    for (const id of new Set(letters.map((letter) => letter.saleId))) {
      const ofOne = letters.filter((letter) => letter.saleId === id);
      for (const { kind } of (await retry(parts, id, ofOne)).values()) counts[kind] += 1;
    }
    behind = { after: letters.at(-1)?.checkoutId };
  } while (letters.length === PAGE_CHECKOUTS_MAX);
  return counts;
}

/** At most a page of letters, all of one sale. */
async function retry(parts: RetryParts, saleId: string, letters: readonly DeadLetter[]): Promise<Map<string, Retried>> {
  const retried = new Map<string, Retried>();
  const sale = await parts.ledger.find(saleId);
  if (!sale) return retried;
  const ids = letters.map((letter) => letter.checkoutId);
  for (const { checkoutId, status } of await parts.ledger.records(saleId, ids)) {
    if (isVerdict(status)) retried.set(checkoutId, { kind: "decided", verdict: status });
  }
  const open = letters.filter((letter) => !retried.has(letter.checkoutId));
  for (const checkoutId of await send(parts, sale, open)) retried.set(checkoutId, { kind: "sent" });
  for (const letter of open.filter(({ checkoutId }) => !retried.has(checkoutId))) {
    const verdict = await conclude(parts, sale, letter);
    retried.set(letter.checkoutId, verdict ? { kind: "decided", verdict } : { kind: "not_held" });
  }
  return retried;
}

/** The ids that the gate holds: they are sent. The ledger is told first, so that the sweep sends what gets lost on the way. */
async function send(
  { ledger, holds, queue }: RetryParts,
  sale: Sale,
  letters: readonly DeadLetter[],
): Promise<string[]> {
  const held = await holds.read(
    sale.id,
    sale.openEpoch,
    letters.map((letter) => letter.checkoutId),
  );
  const checkoutIds = held.filter((hold) => hold.mode === "submitted").map((hold) => hold.checkoutId);
  if (checkoutIds.length === 0) return checkoutIds;
  await ledger.revive(sale.id, checkoutIds);
  await queue.enqueue({ saleId: sale.id, epoch: sale.openEpoch, checkoutIds }).catch(() => undefined);
  return checkoutIds;
}

/**
 * The verdict of a letter that the gate does not hold, where one is certain: as its ticket is told, what has no row was lost
 * with an opening that is over, or never judged in a sale that is sealed. Whoever writes first wins.
 */
async function conclude({ ledger }: RetryParts, sale: Sale, letter: DeadLetter): Promise<Verdict | null> {
  const verdict = verdictWithoutHold(sale, letter);
  if (!verdict) return null;
  const [judged] = await ledger.entomb(sale.id, [tombOfLetter(letter, verdict)], { kind: "absent" });
  return judged?.verdict ?? null;
}

function verdictWithoutHold({ openEpoch, state }: Sale, { epoch }: DeadLetter): Tomb["verdict"] | null {
  if (epoch < openEpoch) return { state: "rejected", reason: "gate_lost" };
  return state === "closed" ? { state: "expired" } : null;
}
