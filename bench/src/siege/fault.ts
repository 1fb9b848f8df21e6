import type { StoreName } from "../fleet/fleet.ts";
import type { Service } from "../fleet/service-process.ts";
import type { Toxic } from "../fleet/toxic.ts";
import type { Destruction } from "./history.ts";

/** One thing that goes wrong, as the plan says it. Processes are named as the fleet names them. */
export type Fault =
  /** SIGKILL; a process starts again by itself, a store once `awayMs` have passed. */
  | { readonly kind: "kill"; readonly target: Service | StoreName; readonly name: string; readonly awayMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly kind: "stop"; readonly target: Service | StoreName; readonly name: string; readonly forMs: number }
  /** A toxic on the path of one process, or of all of them, to a store. */
  | {
      readonly kind: "partition";
      readonly name: string | "all";
      readonly store: StoreName;
      readonly toxic: Toxic;
      readonly forMs: number;
    }
  /** Redis data is destroyed: `lagMs` of what it was told at least. */
  | { readonly kind: "loss"; readonly how: Destruction["kind"]; readonly lagMs: number }
  /** Redis finds no room to write, in memory or on disk. */
  | { readonly kind: "starve"; readonly of: "memory" | "disk"; readonly forMs: number }
  /** An operator empties the queue. */
  | { readonly kind: "obliterate" }
  /** SIGTERM to every process, one after the other. */
  | { readonly kind: "roll" };

/** What the fault is counted as. */
export function labelOf(fault: Fault): string {
  switch (fault.kind) {
    case "kill":
    case "stop":
      return `${fault.kind} ${fault.target}`;
    case "partition":
      return `partition ${fault.store} ${fault.toxic.kind}`;
    case "loss":
      return `loss ${fault.how}`;
    case "starve":
      return `starve ${fault.of}`;
    case "obliterate":
    case "roll":
      return fault.kind;
  }
}
