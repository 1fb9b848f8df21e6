import type { Clock } from "../../application/ports/clock.ts";
import type { Page } from "../../domain/checkout.ts";
import type { MemoryGate, MemoryLease } from "../memory-gate.ts";

export type Role = "api" | "worker" | "scheduler";

/** A page as the queue holds it. */
export interface Job {
  readonly page: Page;
  readonly deliveries: number;
}

/** A running process: its skewed clock, its connection to a gate with the leases read on it, its pages in the making. */
export class Process {
  readonly name: string;
  readonly role: Role;
  readonly clock: Clock;
  readonly leases = new Map<string, MemoryLease>();
  /** Sales that this process has seen closed for good. */
  readonly sealed = new Set<string>();
  readonly #collecting = new Map<string, { readonly page: Page; readonly checkoutIds: string[] }>();
  #gate: MemoryGate;
  #connection = 0;

  constructor(name: string, role: Role, clock: Clock, gate: MemoryGate) {
    this.name = name;
    this.role = role;
    this.clock = clock;
    this.#gate = gate;
  }

  get gate(): MemoryGate {
    return this.#gate;
  }

  /** Counts connections. */
  get connection(): number {
    return this.#connection;
  }

  /** Connects anew: what was read on an earlier connection is not held on this one. */
  connect(gate: MemoryGate): void {
    this.#gate = gate;
    this.#connection += 1;
    this.leases.clear();
  }

  collect(saleId: string, epoch: number, checkoutId: string): void {
    const name = `${saleId} ${epoch}`;
    const open = this.#collecting.get(name);
    if (open) return void open.checkoutIds.push(checkoutId);
    const checkoutIds = [checkoutId];
    this.#collecting.set(name, { page: { saleId, epoch, checkoutIds }, checkoutIds });
  }

  /** Hands over the pages collected so far. */
  flush(): Page[] {
    const pages = [...this.#collecting.values()].map(({ page }) => page);
    this.#collecting.clear();
    return pages;
  }
}
