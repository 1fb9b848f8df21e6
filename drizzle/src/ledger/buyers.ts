import type { Statements } from "./statements.ts";

/** Raises users' units within the limit; the users it was done for, with their units now. Their rows are locked. */
export async function raiseBuyers(
  run: Statements,
  saleId: string,
  limitPerUser: number,
  units: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const raised = await run.raiseBuyers.execute({
    saleId,
    limitPerUser,
    userIds: [...units.keys()],
    units: [...units.values()],
  });
  return new Map(raised.map((buyer) => [buyer.userId, buyer.units]));
}
