import type { ErrorCode, RejectReason } from "@flashgate/client";
import { counted } from "../design/figures.ts";
import type { Refusal } from "./attempt.ts";

/** What a shopper is told: what it is, and what to do about it. */
export interface Words {
  readonly title: string;
  readonly detail: string;
}

/** Why a request that was made got no ticket. `limit`: units that a shopper may have of the sale. */
export function refusalWords({ code, unitsLeft, signedIn }: Refusal, limit: number): Words {
  switch (code) {
    case "sold_out":
      return { title: "Sold out", detail: "Somebody was faster. If stock comes back, this page says so." };
    case "item_taken":
      return { title: "Just taken", detail: "Somebody was faster with this one. Others are still there." };
    case "user_limit":
      return unitsLeft
        ? { title: "Over the limit", detail: `You can have ${counted(unitsLeft, "more unit")} in this sale.` }
        : { title: `Limit of ${limit} reached`, detail: `That is all that one shopper can have in this sale.` };
    case "sale_not_open":
      return { title: "Not open yet", detail: "The button works from the moment the countdown ends." };
    case "sale_closed":
    case "sale_not_found":
      return { title: "The sale is over", detail: "Nothing was reserved. There is another one soon." };
    case "unknown_item":
    case "item_not_found":
      return { title: "Not in this sale", detail: "This item belongs to another sale. Load the page again." };
    case "unauthenticated":
      return signedIn
        ? { title: "Please sign in again", detail: "Your sign-in is not valid any more. Nothing was reserved." }
        : { title: "Please sign in", detail: "The shop needs to know who you are before it can sell to you." };
    case "ticket_not_found":
      return { title: "No such ticket", detail: "The shop does not know it any more. Nothing was charged." };
    default:
      return { title: "That did not work", detail: `The shop turned it down (${code}). Nothing was reserved.` };
  }
}

/** Why an attempt is made again by itself. */
export function waitWords(code: ErrorCode): Words {
  switch (code) {
    case "sale_paused":
      return { title: "The sale is paused", detail: "Your request is kept." };
    case "rate_limited":
      return { title: "A little too fast", detail: "The shop asks for a moment." };
    case "network":
      return { title: "No connection", detail: "Your request is kept. It is sent once, however often it is tried." };
    case "timeout":
    case "outcome_unknown":
      return { title: "No answer yet", detail: "It may have worked. Asking again cannot buy twice." };
    default:
      return { title: "The shop is busy", detail: "Nothing was lost." };
  }
}

/** Whether nothing was surely done, so that giving up leaves nothing behind. */
export function mayGiveUp(code: ErrorCode): boolean {
  return !["network", "timeout", "outcome_unknown", "unreadable"].includes(code);
}

/** Why a checkout that had been promised was not sold. */
export function rejectWords(reason: RejectReason | undefined): Words {
  switch (reason) {
    case "user_limit":
      return { title: "Over the limit", detail: "Your units in this sale are used up. Nothing was charged." };
    case "key_reused":
      return { title: "Bought before", detail: "This request had become an order already." };
    default:
      return { title: "It did not go through", detail: "The shop lost hold of this unit. Nothing was charged." };
  }
}
