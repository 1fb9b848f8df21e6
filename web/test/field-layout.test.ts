import fc from "fast-check";
import { expect, it } from "vitest";
import { bitsOf, countLeft, isLeft, nextLeft, noneOf } from "../src/storefront/availability.ts";
import { cornerOf, layoutField, positionAt } from "../src/storefront/field-layout.ts";

const sides = fc.integer({ min: 60, max: 2_400 });
const counts = fc.integer({ min: 1, max: 12_000 });

it("fits every square into the field where there is a pixel for each, in whole pixels", () => {
  fc.assert(
    fc.property(sides, sides, counts, (width, height, count) => {
      fc.pre(width * height >= count);
      const layout = layoutField(width, height, count, 36);
      const { columns, rows, pitch, rowPitch } = layout;
      expect(columns * rows).toBeGreaterThanOrEqual(count);
      expect(columns * pitch).toBeLessThanOrEqual(width);
      expect(rows * rowPitch).toBeLessThanOrEqual(height);
      expect(Object.values(layout).every((pixels) => Number.isInteger(pixels) && pixels > 0)).toBe(true);
      expect(layout.width).toBeLessThanOrEqual(pitch);
      expect(layout.height - layout.width).toBe(rowPitch - pitch);
      expect(pitch).toBeLessThanOrEqual(rowPitch);
      expect(rowPitch).toBeLessThanOrEqual(Math.min(36, Math.ceil(pitch * 1.25)));
    }),
  );
});

it("gives ten thousand items four pixels each on a desktop, and few items no more than the bound", () => {
  expect(layoutField(736, 220, 10_000, 36)).toEqual({
    columns: 184,
    rows: 55,
    pitch: 4,
    rowPitch: 4,
    width: 3,
    height: 3,
  });
  expect(layoutField(736, 220, 5, 36)).toMatchObject({ columns: 5, rows: 1, pitch: 36 });
});

it("leaves no gap under ten thousand items on phones of 390 pixels", () => {
  const layouts = [2, 3].map((ratio) => [layoutField(358 * ratio, 176 * ratio, 10_000, 96 * ratio), ratio] as const);
  for (const [{ rows, rowPitch }, ratio] of layouts) expect(176 * ratio - rows * rowPitch).toBeLessThanOrEqual(ratio);
});

it("finds the square at a point, and none beside them", () => {
  const layout = layoutField(736, 220, 10_000, 36);
  expect(positionAt(layout, 10_000, 0, 0)).toBe(1);
  expect(positionAt(layout, 10_000, 735, 0)).toBe(184);
  expect(positionAt(layout, 10_000, 3, 4)).toBe(185);
  for (const [x, y] of [
    [-1, 0],
    [736, 0],
    [735, 219],
    [0, 221],
  ] as const) {
    expect(positionAt(layout, 10_000, x, y)).toBeNull();
  }
});

it("finds each square at its corner, whatever the distance of rows", () => {
  const layout = layoutField(1_074, 528, 10_000, 108);
  expect(layout).toMatchObject({ pitch: 7, rowPitch: 8 });
  for (const position of [1, 2, 153, 154, 9_999, 10_000]) {
    expect(positionAt(layout, 10_000, ...cornerOf(layout, position))).toBe(position);
  }
});

it("reads a bit an item, from the lowest of the first byte", () => {
  const bits = bitsOf({ sale_id: "s", items: 10, available: Buffer.from([0b0000_0101, 0b10]).toString("base64") });
  expect(Array.from({ length: 10 }, (_, index) => isLeft(bits, index + 1))).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  expect(countLeft(bits)).toBe(3);
  expect(countLeft(noneOf(bits))).toBe(0);
  expect([nextLeft(bits, 1), nextLeft(bits, 2), nextLeft(bits, 4), nextLeft(bits, 11)]).toEqual([1, 3, 10, 1]);
  expect(nextLeft(bitsOf({ sale_id: "s", items: 10, available: "AAA=" }), 1)).toBeNull();
});
