import { describe, expect, it } from "vitest";
import { statuses } from "../tidy/statuses.ts";
import { findings } from "./findings.ts";

const MEND =
  "name the outcome and let api/src/problems.ts or api/src/responses.ts or api/src/contest/answers.ts choose the status";

describe("statuses", () => {
  it.each([
    ["response.status(404).end();", "status(404"],
    ["response.writeHead(503);", "writeHead(503"],
    ["response.statusCode = 429;", "statusCode = 429"],
    ["if (response.statusCode === 500) retry();", "statusCode === 500"],
    ["const problem = { status: 409 };", "status: 409"],
    ["response.status(202).json(ticket);", "status(202"],
    ["response.sendStatus(code);", ".sendStatus("],
  ])("refuses %s", (text, found) => {
    expect(findings(statuses, { "api/src/routes/checkouts.ts": text })).toEqual([
      `api/src/routes/checkouts.ts:1 \`${found}\`: ${MEND}`,
    ]);
  });

  it("refuses it beside the contest's table as well", () => {
    const text = "response.writeHead(404);";
    const others = ["api/src/contest/checkout.ts", "api/src/answers.ts", "api/src/contest/deeper/answers.ts"];
    for (const path of others) {
      expect(findings(statuses, { [path]: text })).toEqual([`${path}:1 \`writeHead(404\`: ${MEND}`]);
    }
  });

  it("lets the tables, other numbers and other workspaces pass", () => {
    const passing = {
      "api/src/problems.ts": "const problem = { status: 409 };",
      "api/src/responses.ts": "response.writeHead(404);",
      "api/src/contest/answers.ts": "const answer = { status: 404 };",
      "api/src/routes/checkouts.ts": "const limit = 404; response.status(200); send({ statusMs: 500, status: 4040 });",
      "cli/src/load.ts": "if (reply.statusCode === 503) retry();",
    };
    expect(findings(statuses, passing)).toEqual([]);
  });
});
