import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { alerts, RUNBOOK } from "./shipped.ts";

const pages = readdirSync(RUNBOOK).filter((name) => name !== "README.md");
const overview = readFileSync(`${RUNBOOK}README.md`, "utf8");
const pageOf = (alert: string) => alerts.find((rule) => rule.alert === alert)?.annotations.runbook_url ?? "";

it("has a page for every alert, and an alert for every page", () => {
  const named = alerts.map(({ annotations }) => annotations.runbook_url.replace("docs/runbook/", ""));
  expect(named.sort()).toEqual(pages.sort());
});

it.each(alerts.map(({ alert }) => alert))(
  "%s: its page says what it means, what to look at, what to do, and how to know",
  (alert) => {
    const text = readFileSync(new URL(`../../${pageOf(alert)}`, import.meta.url), "utf8");
    const marks = [`# ${alert}`, "**Means.**", "**Look at**", "**Do**", "**It worked when**"];
    const found = marks.map((mark) => text.indexOf(mark));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found[0]).toBe(0);
  },
);

it("lists every alert, and whom it wakes", () => {
  for (const { alert, labels, annotations } of alerts) {
    const page = annotations.runbook_url.replace("docs/runbook/", "");
    const wakes = { page: "yes", ticket: "no" }[labels.severity];
    const row = overview.split("\n").find((line) => line.startsWith(`| [${alert}](${page}) | `));
    expect(row?.endsWith(` | ${wakes} |`), alert).toBe(true);
  }
});

it("says what is wrong in a sentence", () => {
  for (const { annotations } of alerts) {
    for (const text of [annotations.summary, annotations.description]) expect(text).toMatch(/^[A-Z{].*\.$/s);
  }
});

it("leads nowhere that is not there", () => {
  for (const page of [...pages, "README.md"]) {
    const text = readFileSync(`${RUNBOOK}${page}`, "utf8");
    for (const [, link = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(existsSync(new URL(link, `file://${RUNBOOK}${page}`)), `${page}: ${link}`).toBe(true);
    }
  }
});
