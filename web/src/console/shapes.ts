/** What the ops port says, as its document has it. */

export type Counts = Readonly<Record<string, number>>;

export interface Lag {
  p50: number;
  p99: number;
}

export interface SaleRow {
  id: string;
  state: "scheduled" | "recovering" | "open" | "closed";
  paused: boolean;
  opens_at: string;
  closes_at: string;
  settle_until: string;
  units: { total: number; sold: number; held: number };
  limits: { units_per_user: number };
  attempts: "all" | "accepted" | "off";
  epoch: number;
  open_epoch: number;
}

export interface AuditBody {
  sale_id: string;
  units: { total: number; confirmed: number };
  at_rest: boolean;
  clean: boolean;
  unchecked: { invariant: number; reason: "no_gate" | "not_at_rest" | "attempts_not_recorded" }[];
  violations: { invariant: number; message: string }[];
}

export interface Audit extends AuditBody {
  checked_at: string;
  violations_total: number;
}

export interface Second {
  at: string;
  units: number;
  lag_ms: Lag;
}

export interface Watched {
  sale: SaleRow;
  phase: "scheduled" | "open" | "paused" | "ended";
  units: { total: number; sold: number; held: number; available: number };
  sold_per_second: number | null;
  gate: { state: "not_opened" | "recovering" | "open" | "shut" | "closed" | "unknown"; epoch: number };
  audit: Audit | null;
  attempts: Record<string, number>;
  checkouts: Record<string, number> | null;
  lag_ms: Lag | null;
  history: Second[] | null;
  queue: {
    waiting: number;
    active: number;
    delayed: number;
    failed: number;
    paused: boolean;
    oldest_job_age_ms: number | null;
  } | null;
}

export interface DeadLetter {
  checkout_id: string;
  sale_id: string;
  epoch: number;
  cause: string;
  tries: number;
  first_failed_at: string;
  last_failed_at: string;
}

export interface Crowd {
  state: "idle" | "preparing" | "buying" | "done" | "failed";
  sale_id: string | null;
  fault: string | null;
}

export interface ConsoleBody {
  at: string;
  watched: Watched | null;
  sales: SaleRow[] | null;
  dead_letters: { data: DeadLetter[]; has_more: boolean } | null;
  processes: Record<string, number> | null;
  crowd: Crowd | null;
  links: { grafana: string | null };
  faults: string[];
}

export interface Lines {
  item_id: string;
  quantity: number;
}

export interface TimelineBody {
  id: string;
  sale_id: string;
  user_id: string | null;
  attempts: { at: string; user_id: string; units: number; outcome: string; checkout_id: string | null }[];
  hold: { mode: "cart" | "submitted" | "lapsed"; since: string; deadline: string; items: Lines[] } | null;
  record: {
    state: "held" | "confirmed" | "rejected" | "expired" | "cancelled";
    epoch: number;
    reserved_at: string | null;
    items: Lines[];
  } | null;
  verdict: {
    state: "confirmed" | "rejected" | "expired" | "cancelled";
    reason?: "gate_lost" | "key_reused" | "user_limit" | "sold_out";
    decided_at: string | null;
  } | null;
}
