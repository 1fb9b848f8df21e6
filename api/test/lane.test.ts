import { expect, it } from "vitest";
import { Lane } from "../src/console/lane.ts";

it("lets one work at a time, in order, also past one that fails", async () => {
  const lane = new Lane();
  const seen: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = lane.run(async () => {
    seen.push("first begins");
    await gate;
    seen.push("first ends");
    throw new Error("first fails");
  });
  const second = lane.run(async () => seen.push("second"));
  open();
  await expect(first).rejects.toThrow("first fails");
  await second;
  expect(seen).toEqual(["first begins", "first ends", "second"]);
});
