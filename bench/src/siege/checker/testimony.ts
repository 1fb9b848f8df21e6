import { isFinal } from "../crowd/counts.ts";
import { unitsWished } from "../crowd/demand.ts";
import type {
  Acknowledged,
  Completed,
  Destruction,
  HistoryEntry,
  Invoked,
  Refused,
  ReserveInvoked,
  SoldOutRush,
  StepInvoked,
} from "../history.ts";
import { Epochs } from "./epochs.ts";
import type { Findings } from "./findings.ts";
import { Observations } from "./observations.ts";
import { type Ack, keyOf, type Rumour, type Story, userOf } from "./story.ts";

/** Two checkouts that were acknowledged for one idempotency key. */
export interface Twins {
  readonly first: Story;
  readonly second: Story;
}

/**
 * What a whole history says, entry by entry: a story for each acknowledged checkout, and what nobody knows. Checks on the
 * way what a history alone can break: a verdict that changes, a key that answers for two requests.
 */
export class Testimony {
  readonly stories = new Map<string, Story>();
  readonly rumours = new Map<string, Rumour[]>();
  readonly destructions: Destruction[] = [];
  readonly rushes: SoldOutRush[] = [];
  readonly twins: Twins[] = [];
  readonly epochs = new Epochs();
  readonly observations: Observations;
  /** Checkout requests that somebody was there to read. */
  attempts = 0;
  acknowledgements = 0;
  readonly #findings: Findings;
  readonly #underWay = new Map<number, Invoked>();
  readonly #byKey = new Map<string, Story>();

  constructor(findings: Findings) {
    this.#findings = findings;
    this.observations = new Observations(findings);
  }

  take(entry: HistoryEntry): void {
    switch (entry.kind) {
      case "invoke":
        this.#underWay.set(entry.op, entry);
        break;
      case "ok":
      case "fail":
      case "info":
        this.#complete(this.#invocationOf(entry), entry);
        break;
      case "observed":
        this.observations.take(entry.checkoutId, entry.state, entry.askedAtMs, entry.atMs);
        break;
      case "destroyed":
        this.destructions.push(entry.destruction);
        break;
      case "rush":
        this.rushes.push(entry);
        break;
    }
  }

  /** After the last entry: what is still under way was never answered. */
  end(): void {
    for (const invoked of this.#underWay.values()) {
      if (invoked.call === "reserve") this.attempts += 1;
      this.#leaveUnknown(invoked, null);
    }
    this.#underWay.clear();
    this.#byKey.clear();
  }

  #invocationOf({ op }: Completed): Invoked {
    const invoked = this.#underWay.get(op);
    if (!invoked) throw new Error(`operation ${op} of the history completes without having been invoked`);
    this.#underWay.delete(op);
    return invoked;
  }

  #complete(invoked: Invoked, entry: Completed): void {
    // What nobody was there to read was not tried.
    if (invoked.call === "reserve" && !(entry.kind === "fail" && entry.code === "unsent")) this.attempts += 1;
    if (entry.kind === "fail") {
      this.#refused(invoked, entry);
    } else if (entry.kind === "info") {
      this.#leaveUnknown(invoked, entry.checkoutId ?? null);
    } else {
      // a receipt that is given again reads as it did the first time; only a poll tells that something is still pending
      if (isFinal(entry.state)) this.observations.take(entry.checkoutId, entry.state, invoked.atMs, entry.atMs);
      if (invoked.call === "reserve") this.#reserved(invoked, entry);
      else this.#stepped(invoked, entry);
    }
  }

  #reserved(invoked: ReserveInvoked, { checkoutId, epoch, lines, atMs }: Acknowledged): void {
    const { saleId, userId, mode, demand, key = "" } = invoked;
    const moment = { invokedAtMs: invoked.atMs, toldAtMs: atMs };
    const ack: Ack = { call: "reserve", moment, epoch, lines };
    this.acknowledgements += 1;
    this.epochs.take(saleId, epoch, moment);
    const known = this.stories.get(checkoutId);
    if (known) {
      this.#checkReplay(known, invoked);
      known.acks.push(ack);
      return;
    }
    const story: Story = {
      ...{ checkoutId, saleId, userId, key, mode, demand, acks: [ack] },
      ...{ unitsUnknown: 0, purchaseTried: false, cancelled: false },
    };
    this.stories.set(checkoutId, story);
    if (key === "") return;
    const first = this.#byKey.get(keyOf(story));
    if (first !== undefined) this.twins.push({ first, second: story });
    this.#byKey.set(keyOf(story), story);
  }

  /** A checkout is acknowledged again only to the same request of the same key. */
  #checkReplay(known: Story, { saleId, userId, mode, demand, key = "" }: ReserveInvoked): void {
    const same = known.key !== "" && keyOf(known) === keyOf({ saleId, userId, key });
    this.#findings.expect(
      7,
      same && known.mode === mode && known.demand === demand,
      () => `checkout ${known.checkoutId} answered another request: key "${key}" of ${userId}, ${mode} ${demand}`,
    );
  }

  #stepped(invoked: StepInvoked, { lines, state, atMs }: Acknowledged): void {
    const story = this.stories.get(invoked.checkoutId);
    if (!story) return;
    const { call } = invoked;
    if (call === "cancel") {
      if (state === "cancelled") story.cancelled = true;
      return;
    }
    if (call === "purchase") story.purchaseTried = true;
    story.acks.push({ call, moment: { invokedAtMs: invoked.atMs, toldAtMs: atMs }, epoch: null, lines });
  }

  /** Some refusals tell the verdict. */
  #refused(invoked: Invoked, { code, atMs }: Refused): void {
    if (invoked.call === "reserve") return;
    if (code === "already_confirmed") {
      this.observations.take(invoked.checkoutId, "confirmed", invoked.atMs, atMs);
    } else if (code === "ticket_cancelled") {
      this.observations.take(invoked.checkoutId, "cancelled", invoked.atMs, atMs);
    }
  }

  #leaveUnknown(invoked: Invoked, checkoutId: string | null): void {
    if (invoked.call === "reserve") {
      const { saleId, userId, mode, demand, key = "" } = invoked;
      const rumours = this.rumours.get(userOf(invoked)) ?? [];
      rumours.push({ saleId, userId, key, mode, demand, checkoutId });
      this.rumours.set(userOf(invoked), rumours);
      return;
    }
    const story = this.stories.get(invoked.checkoutId);
    if (!story) return;
    if (invoked.call === "purchase") story.purchaseTried = true;
    if (invoked.call === "add") story.unitsUnknown += unitsWished(invoked.demand ?? "");
  }
}
