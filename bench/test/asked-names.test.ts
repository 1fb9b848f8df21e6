import { expect, it } from "vitest";
import { namesIn, unansweredBy } from "../src/rehearsal/asked-names.ts";
import { alertNames, panelQuestions, ruleQuestions } from "../src/rehearsal/shipped.ts";

it.each([
  ['sum by (outcome) (increase(checkout_attempts_total{outcome!="held"}[1h])) > 0', ["checkout_attempts_total"]],
  ["vector(3600 - time() % 3600)", []],
  ['absent(up{job="scheduler"} == 1)', ["up"]],
  ["(sum(rate(a_total[1m])) + sum(rate(b_total[1m]))) / (sum (rate(a_total[1m])) > 0)", ["a_total", "b_total"]],
  ['x:y:rate1m > 0.01 and z unless on (job) w{text="} odd"} offset 5m', ["x:y:rate1m", "z", "w"]],
])("%s asks for %j", (expression, names) => {
  expect(namesIn(expression)).toEqual(names);
});

it("says who asks for what is not there", () => {
  const questions = [{ asker: "Stock", expression: "max(here) - max(gone)" }];
  expect(unansweredBy(new Set(["here"]), questions)).toEqual(['"Stock" asks for gone, which nobody exports']);
});

it("reads every rule and panel that ships", () => {
  const askers = ruleQuestions().map(({ asker }) => asker);
  expect(askers).toEqual(expect.arrayContaining([...alertNames(), "outcome:checkout_attempts:rate1m"]));
  const names = [...ruleQuestions(), ...panelQuestions()].flatMap(({ expression }) => namesIn(expression));
  expect(new Set(names).size).toBeGreaterThan(50);
});
