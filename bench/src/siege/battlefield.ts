import type { Fleet, StoreName } from "../fleet/fleet.ts";
import type { Dice } from "./crowd/dice.ts";
import type { FaultLog } from "./fault-log.ts";
import type { HistoryWriter } from "./history.ts";
import type { Reopenings } from "./reopening.ts";
import type { SaleCalendar } from "./sale-calendar.ts";
import type { Stores } from "./stores.ts";

/** A store was away for long; checkouts acknowledged meanwhile. */
export interface Absence {
  readonly store: StoreName;
  readonly forMs: number;
  readonly acknowledged: number;
}

/** All that those who do harm have to do with. */
export interface Battlefield {
  readonly fleet: Fleet;
  readonly stores: Stores;
  readonly calendar: SaleCalendar;
  readonly history: HistoryWriter;
  readonly log: FaultLog;
  readonly reopenings: Reopenings;
  readonly dice: Dice;
  /** Holds a copy of Redis's data for a while. */
  readonly copyFolder: string;
  /** Checkouts acknowledged so far. */
  readonly acknowledged: () => number;
  readonly absences: Absence[];
}
