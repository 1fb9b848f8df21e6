import { type AuditReport, auditSale } from "@flashgate/core";
import { expect } from "vitest";
import { steadyClock } from "../../src/clock.ts";
import { findAddresses, withStores } from "../../src/commands/stores.ts";
import { until } from "../../src/until.ts";
import { ask, type Instance, type Reply } from "./instance.ts";

const ANSWER_MS_MAX = 30_000;
const REST_MS_MAX = 40_000;

type Init = Parameters<typeof ask>[1];

/** Asks whichever api is there, again and again, until one has an answer that is no 503; as a shopper with a key would. */
export async function insist(instance: Instance, path: string, init: Init = {}): Promise<Reply> {
  const reply = await until(
    async () => {
      for (const url of instance.state.api_urls) {
        const answer = await ask(`${url}${path}`, init).catch(() => null);
        if (answer && answer.status !== 503) return answer;
      }
      return null;
    },
    { clock: steadyClock, everyMs: 100, timeoutMs: ANSWER_MS_MAX },
  );
  if (!reply) throw new Error(`nobody answered ${path} within ${ANSWER_MS_MAX} ms`);
  return reply;
}

/** What became of a ticket; throws where nothing did. */
export async function endOf(instance: Instance, ticket: string): Promise<string> {
  const status = async () => (await insist(instance, `/v1/tickets/${ticket}`)).body.status as string;
  await expect.poll(status, { timeout: ANSWER_MS_MAX, interval: 50 }).toMatch(/confirmed|rejected|expired|cancelled/);
  return status();
}

/** The audit of a sale, once nothing is under way in it. */
export async function auditAtRest(instance: Instance, saleId: string): Promise<AuditReport> {
  return withStores(await findAddresses(instance.dataDir), async ({ ledger, gate }) => {
    const rested = async () => {
      const report = await auditSale({ ledger, gate }, saleId);
      return report?.atRest ? report : null;
    };
    const report = await until(rested, { clock: steadyClock, everyMs: 100, timeoutMs: REST_MS_MAX });
    if (!report) throw new Error(`sale ${saleId} did not come to rest within ${REST_MS_MAX} ms`);
    return report;
  });
}

/** At rest, the books of a sale are sound and exactly so many units of it are sold. */
export async function expectSold(instance: Instance, saleId: string, units: number): Promise<void> {
  const { violations, confirmedUnits } = await auditAtRest(instance, saleId);
  expect({ violations, confirmedUnits }).toEqual({ violations: [], confirmedUnits: units });
}
