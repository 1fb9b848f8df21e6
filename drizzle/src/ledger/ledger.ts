import type { Ledger } from "@flashgate/core";
import type { Pool } from "pg";
import { adoptSurvivors } from "./adoption.ts";
import { recordRefused } from "./attempts.ts";
import { readFacts } from "./audit-facts.ts";
import { readStatus, recordsOf } from "./checkout-records.ts";
import { countDeadLetters, deadAmong, deadLetters, failureOf, recordFailure, revive } from "./dead-letters.ts";
import { attempts, saleOf } from "./history.ts";
import { settleOne } from "./hold-settlement.ts";
import { readOrder, readOrders } from "./orders.ts";
import { settleAll } from "./page-settlement.ts";
import { beginRemoval, oldestSealed, removeRows } from "./removal.ts";
import { beginRecovery, close, find, items, list, schedule, scheduleApart, setPaused } from "./sale-ledger.ts";
import { entomb } from "./tombs.ts";

/** The ledger in Postgres. The pool is the caller's to end; its database is migrated. */
export function createLedger(pool: Pool): Ledger {
  return {
    schedule: (plan, catalogue) => schedule(pool, plan, catalogue),
    scheduleApart: (plan, catalogue) => scheduleApart(pool, plan, catalogue),
    find: (saleId) => find(pool, saleId),
    list: (filter) => list(pool, filter),
    items: (saleId) => items(pool, saleId),
    beginRecovery: (saleId, seenEpoch) => beginRecovery(pool, saleId, seenEpoch),
    adopt: (saleId, epoch, survivors) => adoptSurvivors(pool, saleId, epoch, survivors),
    setPaused: (saleId, paused) => setPaused(pool, saleId, paused),
    close: (saleId) => close(pool, saleId),
    settleAll: (saleId, epoch, holds) => settleAll(pool, saleId, epoch, holds),
    settleOne: (saleId, epoch, hold) => settleOne(pool, saleId, epoch, hold),
    entomb: (saleId, tombs, guard) => entomb(pool, saleId, tombs, guard),
    records: (saleId, checkoutIds) => recordsOf(pool, saleId, checkoutIds),
    status: (saleId, checkoutId) => readStatus(pool, saleId, checkoutId),
    recordFailure: (failure) => recordFailure(pool, failure),
    deadAmong: (saleId, checkoutIds) => deadAmong(pool, saleId, checkoutIds),
    revive: (saleId, checkoutIds) => revive(pool, saleId, checkoutIds),
    deadLetters: (query) => deadLetters(pool, query),
    countDeadLetters: () => countDeadLetters(pool),
    failureOf: (checkoutId) => failureOf(pool, checkoutId),
    facts: (saleId) => readFacts(pool, saleId),
    order: (userId, orderId) => readOrder(pool, userId, orderId),
    orders: (userId, page) => readOrders(pool, userId, page),
    recordRefused: (refused) => recordRefused(pool, refused),
    saleOf: (checkoutId) => saleOf(pool, checkoutId),
    attempts: (query) => attempts(pool, query),
    oldestSealed: (agoMs) => oldestSealed(pool, agoMs),
    beginRemoval: (saleId) => beginRemoval(pool, saleId),
    removeRows: (terms) => removeRows(pool, terms),
  };
}
