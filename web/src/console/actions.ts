import { lookNow } from "./feed.ts";
import { type Answer, change, read } from "./ops-api.ts";
import type { AuditBody } from "./shapes.ts";

/** Something an operator may do: what is asked first, and what comes of it in a line. */
export interface Action {
  readonly name: string;
  readonly title: string;
  /** What will happen. */
  readonly says: string;
  /** The button that does it. */
  readonly verb: string;
  readonly grave?: true;
  run(): Promise<string>;
}

const at = (sale: string, path: string) => `sales/${encodeURIComponent(sale)}/${path}`;

export const pause = (sale: string): Action => ({
  name: "Pause",
  title: "Pause this sale?",
  says: "Nobody is admitted from now on. What was admitted settles all the same, and carts can still be bought.",
  verb: "Pause",
  run: () => outcome(change<{ gate: string }>(at(sale, "pause")), ({ gate }) => `Paused; the gate ${toldText(gate)}.`),
});

export const resume = (sale: string): Action => ({
  name: "Resume",
  title: "Resume this sale?",
  says: "Shoppers are admitted again, at once.",
  verb: "Resume",
  run: () =>
    outcome(change<{ gate: string }>(at(sale, "resume")), ({ gate }) => `Resumed; the gate ${toldText(gate)}.`),
});

export const reconcile = (sale: string): Action => ({
  name: "Reconcile",
  title: "Reconcile gate and ledger?",
  says: "Both books are read whole and compared. Nothing is changed; in a rush it is tried five times until both stand still.",
  verb: "Reconcile",
  run: () => outcome(read<AuditBody>(at(sale, "reconciliation")), auditText),
});

export const repair = (sale: string): Action => ({
  name: "Reconcile and repair",
  title: "Reconcile, and repair what may be repaired?",
  says: "Holds that were judged are finished, overdue ones are settled or expired. If the books still differ, the gate is shut and rebuilt from the ledger, within seconds. The ledger's rows are never touched.",
  verb: "Repair",
  grave: true,
  run: () =>
    outcome(
      change<AuditBody & { swept: { finalised: number; paged: number; expired: number }; recovery: string }>(
        at(sale, "reconciliation"),
      ),
      (done) => {
        const { finalised, paged, expired } = done.swept;
        const moved = `${finalised} finished, ${paged} sent to the judge, ${expired} expired`;
        return `${moved}; rebuilding the gate: ${done.recovery.replaceAll("_", " ")}. ${auditText(done)}`;
      },
    ),
});

export const retryLetter = (checkout: string): Action => ({
  name: "Retry",
  title: "Send this checkout to the judge again?",
  says: "It keeps its units meanwhile. If it fails again it is a dead letter again.",
  verb: "Retry",
  run: () =>
    outcome(change<{ outcome: string }>(letter(checkout, "retry")), (done) =>
      done.outcome === "sent" ? "It is on its way to the judge." : "It has its verdict already.",
    ),
});

export const retryLetters: Action = {
  name: "Retry all",
  title: "Send every dead letter to the judge again?",
  says: "All there are, of every sale, also those that are not listed here. Each keeps its units meanwhile; whichever fails again is a dead letter again.",
  verb: "Retry all",
  run: () =>
    outcome(change<{ sent: number; decided: number; not_held: number }>("dead-letters/retry"), (done) => {
      const lost = done.not_held > 0 ? `, ${done.not_held} wait for the gate to be rebuilt` : "";
      return `${done.sent} sent to the judge, ${done.decided} with a verdict already${lost}.`;
    }),
};

export const giveUpLetter = (checkout: string): Action => ({
  name: "Give up",
  title: "Give this checkout up?",
  says: "It is cancelled for good: its shopper is told so, and its units go back on sale.",
  verb: "Give up",
  grave: true,
  run: () =>
    outcome(
      change<{ verdict: { state: string } }>(letter(checkout, "give-up")),
      (done) => `It is ${done.verdict.state}.`,
    ),
});

export const sendCrowd: Action = {
  name: "Start a crowd",
  title: "Start a crowd?",
  says: "A sale of 10,000 items is made, and 256 buyers, in a process of their own, buy until it is sold out. The page shows their sale as it sells. Other sales go on as they are.",
  verb: "Start",
  run: () => outcome(change<object>("crowd"), () => "The crowd is on its way."),
};

const letter = (checkout: string, path: string) => `dead-letters/${encodeURIComponent(checkout)}/${path}`;
const toldText = (gate: string) => (gate === "told" ? "knows" : "learns it when it opens");

function auditText({ clean, violations, at_rest: atRest }: AuditBody): string {
  if (!clean) return `Something is wrong: ${violations[0]?.message}.`;
  return atRest
    ? "Both books agree."
    : "Nothing is wrong; units are in motion, so the books were not compared to the last unit.";
}

async function outcome<Body>(asked: Promise<Answer<Body>>, words: (body: Body) => string): Promise<string> {
  const answer = await asked;
  lookNow();
  switch (answer.kind) {
    case "done":
      return words(answer.body);
    case "signed_out":
      return "Nothing was done: your session is over.";
    case "not_found":
      return "Nothing was done: it is not there any more.";
    case "failed":
      return `It did not work: ${answer.why}.`;
    default:
      return answer satisfies never;
  }
}
