import { HOUR_MS, hourlySaleId, hourOf, rotateSales } from "@flashgate/core";
import { describe, expect, it } from "vitest";
import { NOW, openHouse } from "./house.ts";

const hours = (...offsets: number[]) => offsets.map((offset) => hourlySaleId(hourOf(NOW) + offset * HOUR_MS));

describe("rotating hourly sales", () => {
  it("finds the running hour's sale made and two ahead, at whatever minute it starts, and makes nothing twice", async () => {
    const house = openHouse();
    expect(await rotateSales(house.parts)).toEqual(hours(0, 1, 2));
    expect(await rotateSales(house.parts)).toEqual([]);
    expect(await house.saleOf(hours(0)[0] ?? "")).toMatchObject({
      totalItems: 10_000,
      limitPerUser: 10,
      state: "scheduled",
    });
    house.clock.ms += HOUR_MS;
    expect(await rotateSales(house.parts)).toEqual(hours(3));
  });

  it("makes one sale an hour however many schedulers there are", async () => {
    const house = openHouse();
    const made = await Promise.all([1, 2, 3].map(() => rotateSales(house.parts)));
    expect(made.flat().sort()).toEqual(hours(0, 1, 2));
  });

  it("makes sales that keep what it is told to of attempts, and leaves those that are there as they are", async () => {
    const house = openHouse();
    await rotateSales({ ...house.parts, attempts: "off" });
    house.clock.ms += HOUR_MS;
    await rotateSales(house.parts);
    const kept = await Promise.all(hours(0, 1, 2, 3).map(async (id) => (await house.saleOf(id)).attempts));
    expect(kept).toEqual(["off", "off", "off", "all"]);
  });

  it("makes up for missed hours, a day back at most, and does not mind custom sales between", async () => {
    const house = openHouse();
    await rotateSales(house.parts);
    await house.openSale({ id: "x-1", opensAtMs: NOW + 3 * HOUR_MS });
    house.clock.ms += 5 * HOUR_MS;
    expect(await rotateSales(house.parts)).toEqual(hours(3, 4, 5, 6, 7));
    house.clock.ms += 100 * HOUR_MS;
    const made = await rotateSales(house.parts);
    expect(made[0]).toBe(hourlySaleId(hourOf(house.clock.ms) - 24 * HOUR_MS));
    expect(made).toHaveLength(27);
  });
});
