import { expect, test } from "vitest";
import { readCatalogue } from "../src/catalogue-file.ts";

const LAMP = { name: "Brass lamp", image: "/lamp.jpg", price: 4_900, stock: 25 };

const faultsOf = (value: unknown) => {
  const reading = readCatalogue(typeof value === "string" ? value : JSON.stringify(value));
  return reading.kind === "faulty" ? reading.faults : [];
};

test("a catalogue keeps its ids and gives the others theirs by position", () => {
  const reading = readCatalogue(
    JSON.stringify([
      { ...LAMP, id: "lamp" },
      { ...LAMP, name: " Chair ", price: 0 },
    ]),
  );
  expect(reading).toEqual({
    kind: "catalogue",
    entries: [
      { id: "lamp", name: "Brass lamp", imageUrl: "/lamp.jpg", priceMinor: 4_900, stock: 25 },
      { id: "i00002", name: "Chair", imageUrl: "/lamp.jpg", priceMinor: 0, stock: 25 },
    ],
  });
});

test("every fault is listed at once, each with its place", () => {
  const faults = faultsOf([
    LAMP,
    { ...LAMP, price: -1, stock: 0 },
    { ...LAMP, price: 1.5, name: "  " },
    { ...LAMP, colour: "red", image: 7 },
    "chair",
  ]);
  expect(faults).toEqual([
    "[1].price: must not be negative",
    "[1].stock: must be at least 1",
    "[2].name: must not be empty",
    expect.stringMatching(/^\[2\]\.price: .*whole number/),
    expect.stringMatching(/^\[3\]\.image: .*expected string/),
    expect.stringMatching(/^\[3\]: .*"colour"/),
    expect.stringMatching(/^\[4\]: .*expected object/),
  ]);
});

test.each(["any", "", "a".repeat(65), "a b", "a:b", "ä", "a,b"])("%j is no id", (id) => {
  expect(faultsOf([{ ...LAMP, id }])).toEqual([expect.stringMatching(/^\[0\]\.id: must be 1 to 64/)]);
});

test("no two items share an id, given or by position", () => {
  const items = [{ ...LAMP, id: "i00002" }, LAMP, { ...LAMP, id: "x" }, { ...LAMP, id: "x" }];
  expect(faultsOf(items)).toEqual(['[1].id: "i00002" is another item\'s', '[3].id: "x" is another item\'s']);
});

test("more units than the ledger can count are refused", () => {
  const many = { ...LAMP, stock: 2_147_483_647 };
  expect(faultsOf([many, many])).toEqual([expect.stringMatching(/^stock: 4294967294 units in all/)]);
  expect(faultsOf([{ ...LAMP, stock: 2_147_483_648 }])).toHaveLength(1);
});

test.each([
  ["[{", /^is not JSON: /],
  ["{}", /^as a whole: .*expected array/],
  ["[]", /^as a whole: must have at least one item/],
])("%s is no catalogue", (text, fault) => {
  expect(faultsOf(text)).toEqual([expect.stringMatching(fault)]);
});
