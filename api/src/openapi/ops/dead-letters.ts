import { deadLettersQuery, ofSaleQuery } from "../../list-query.ts";
import { done, type Operation } from "../operation.ts";

/** What operators do with checkouts that could not be judged. */
export const DEAD_LETTER_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/admin/dead-letters": {
    get: {
      id: "listDeadLetters",
      tag: "dead letters",
      summary: "Checkouts that could not be judged, the oldest first",
      query: deadLettersQuery,
      answers: [done("A page of them.", "DeadLetterList")],
      problems: [],
    },
  },
  "/v1/admin/dead-letters/retry": {
    post: {
      id: "retryDeadLetters",
      tag: "dead letters",
      summary: "Send every one to the judge again, of one sale or of all",
      query: ofSaleQuery,
      answers: [done("How many came to what.", "RetriedLetters")],
      problems: [],
    },
  },
  "/v1/admin/dead-letters/{checkout}/retry": {
    post: {
      id: "retryDeadLetter",
      tag: "dead letters",
      summary: "Send one to the judge again; repeatable",
      answers: [done("What became of it.", "RetriedLetter")],
      problems: ["checkout_not_found", "gate_shut"],
    },
  },
  "/v1/admin/dead-letters/{checkout}/give-up": {
    post: {
      id: "giveUpDeadLetter",
      tag: "dead letters",
      summary: "Cancel one: its units go back",
      answers: [done("The verdict that stands.", "GivenUpLetter")],
      problems: ["checkout_not_found", "not_writable"],
    },
  },
};
