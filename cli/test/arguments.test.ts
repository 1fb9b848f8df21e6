import { Command, InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { httpUrl, positiveNumber, wholeNumber } from "../src/arguments.ts";

test("a whole number within bounds is taken, and nothing else", () => {
  const parse = wholeNumber(1, 256);
  expect([parse("1"), parse("256"), parse("007")]).toEqual([1, 256, 7]);
  for (const text of ["0", "257", "-1", "1.5", "1e2", "", " 1", "1 ", "one", "NaN", "Infinity", "0x10"]) {
    expect(() => parse(text), text).toThrow(InvalidArgumentError);
  }
});

test("a number above zero is taken, and nothing else", () => {
  expect([positiveNumber("0.5"), positiveNumber("2000")]).toEqual([0.5, 2_000]);
  for (const text of ["0", "-1", "", " ", "fast", "NaN", "Infinity"]) {
    expect(() => positiveNumber(text), text).toThrow(InvalidArgumentError);
  }
});

test("URLs gather, reduced to their origin", () => {
  expect(httpUrl("http://127.0.0.1:3001/v1", httpUrl("https://shop.example"))).toEqual([
    "https://shop.example",
    "http://127.0.0.1:3001",
  ]);
  for (const text of ["", "127.0.0.1:3000", "ftp://shop.example", "shop"]) {
    expect(() => httpUrl(text), text).toThrow(InvalidArgumentError);
  }
});

test("the user is told which option it was, and what it takes", () => {
  let told = "";
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => (told += text) });
  program.option("--buyers <n>", "", wholeNumber(1, 256));
  expect(() => program.parse(["--buyers", "many"], { from: "user" })).toThrow();
  expect(told).toBe("error: option '--buyers <n>' argument 'many' is invalid. Give a whole number from 1 to 256.\n");
});
