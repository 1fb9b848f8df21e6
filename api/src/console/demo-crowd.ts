import { z } from "zod";

/** How far a crowd is. `done` and `failed`: another one may go. */
export const CROWD_STATES = ["idle", "preparing", "buying", "done", "failed"] as const;

const told = z.object({
  kind: z.literal("crowd"),
  state: z.enum(CROWD_STATES),
  saleId: z.string().nullable(),
  /** Why it failed, in a line. */
  fault: z.string().nullable(),
});

export type CrowdReading = Omit<z.infer<typeof told>, "kind">;

/** The line to the supervisor that started this process. */
export interface Supervisor {
  send(message: { readonly kind: "send_crowd" }): void;
  onMessage(listener: (message: unknown) => void): void;
}

/**
 * The crowd of a demonstration. The supervisor makes a sale and runs the crowd in processes of their own; here it is only
 * asked for, and told how far it is.
 */
export class DemoCrowd {
  readonly #supervisor: Supervisor;
  #reading: CrowdReading = { state: "idle", saleId: null, fault: null };

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
    supervisor.onMessage((message) => {
      const parsed = told.safeParse(message);
      if (!parsed.success) return;
      const { kind: _, ...reading } = parsed.data;
      this.#reading = reading;
    });
  }

  get reading(): CrowdReading {
    return this.#reading;
  }

  /** Asks for a crowd; while one is out, nothing comes of it. */
  send(): CrowdReading {
    if (this.#reading.state === "preparing" || this.#reading.state === "buying") return this.#reading;
    this.#reading = { state: "preparing", saleId: null, fault: null };
    this.#supervisor.send({ kind: "send_crowd" });
    return this.#reading;
  }
}
