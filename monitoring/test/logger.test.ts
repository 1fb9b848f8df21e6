import { describe, expect, it } from "vitest";
import { writtenLines } from "./written-lines.ts";

/** The one record that `write` leads to. */
function recordOf(write: (logger: ReturnType<typeof writtenLines>["logger"]) => void) {
  const { logger, texts, records } = writtenLines();
  write(logger);
  expect(texts).toHaveLength(1);
  return { text: texts[0] ?? "", record: records()[0] ?? {} };
}

describe("a line", () => {
  it("is JSON with an ISO time, a level in words, the service and the message", () => {
    const { text, record } = recordOf((logger) => logger.info({ sale_id: "2026010112" }, "gate opened"));
    expect(text.endsWith("}\n")).toBe(true);
    expect(record).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: "worker",
      pid: process.pid,
      sale_id: "2026010112",
      msg: "gate opened",
    });
  });

  it("is not written below the level", () => {
    const { logger, texts } = writtenLines("warn");
    logger.info("quiet");
    logger.warn("loud");
    expect(texts).toHaveLength(1);
  });
});

describe("secrets", () => {
  it.each([
    ["a field", { ticket: "s3cret" }],
    ["a field at any depth", { a: { b: [{ c: { Authorization: "s3cret" } }] } }],
    ["a field whose name ends so", { userPassword: "s3cret", ticket_secret: "s3cret", poll_token: "s3cret" }],
    ["a value with quotes and backslashes", { password: 'a"s3cret\\"s3cret' }],
    ["JSON inside a string", { body: '{"password":"s3cret","more":1}' }],
    ["the credentials of a URL", { url: "redis://:s3cret@localhost:6379/0" }],
    ["a user and a password with an at sign", { url: "postgres://shop:p@s3cret@db.local:5432/flashgate" }],
    ["a query", { url: "postgres://db.local/flashgate?password=s3cret&sslmode=require" }],
    ["a connection string", { dsn: "host=db user=shop password=s3cret dbname=flashgate" }],
    ["the path of a ticket", { path: "/v1/tickets/s3cret?wait=5" }],
    ["a bearer, whatever the field", { headers: ["Authorization", "Bearer s3cret.s3cret=="] }],
  ])("are taken out of %s", (_, fields) => {
    const { text, record } = recordOf((logger) => logger.info(fields, "done"));
    expect(text).not.toContain("s3cret");
    expect(text).toContain("[redacted]");
    expect(record["msg"]).toBe("done");
  });

  it("are taken out of messages, of the fields of a child, and of errors, their stacks and their causes", () => {
    const url = "redis://:s3cret@localhost:6379";
    const error = new Error(`cannot reach ${url}`, { cause: new Error(`refused by ${url}`) });
    const { text } = recordOf((logger) => logger.child({ ticket: "s3cret" }).error({ err: error }, `lost ${url}`));
    expect(text).not.toContain("s3cret");
    expect(text).toContain("localhost:6379");
  });

  it("do not take what is no secret with them", () => {
    const fields = {
      route: "/v1/tickets/:ticket",
      url: "http://127.0.0.1:3000/v1/sales/current",
      file: "file:///app/node_modules/@scope/lib.js",
      mail: "who@example.com",
      tickets: 3,
    };
    const { record } = recordOf((logger) => logger.info(fields, "a ticket was handed out"));
    expect(record).toMatchObject({ ...fields, msg: "a ticket was handed out" });
  });
});

describe("an error", () => {
  it("is told by type, message, code, stack and cause, and by nothing else that hangs on it", () => {
    const cause = Object.assign(new TypeError("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const error = Object.assign(new Error("no answer", { cause }), { command: { name: "auth", args: ["hunter2"] } });
    const { text, record } = recordOf((logger) => logger.error({ err: error }, "failed"));
    expect(text).not.toContain("hunter2");
    expect(record["err"]).toEqual({
      type: "Error",
      message: "no answer",
      stack: expect.stringMatching(/^at .*logger\.test\.ts/),
      cause: {
        type: "TypeError",
        message: "connect ECONNREFUSED",
        code: "ECONNREFUSED",
        stack: expect.stringMatching(/^at /),
      },
    });
  });

  it("that gathers others names them", () => {
    const parts = [new Error("refused by ::1"), new Error("refused by 127.0.0.1")];
    const { record } = recordOf((logger) => logger.error(new AggregateError(parts)));
    expect(record["err"]).toMatchObject({
      errors: [{ message: "refused by ::1" }, { message: "refused by 127.0.0.1" }],
    });
  });

  it("stays short, however long its message and however deep its causes", () => {
    let error = new Error("root");
    for (let depth = 0; depth < 100; depth += 1) error = new Error("x".repeat(100_000), { cause: error });
    const { text } = recordOf((logger) => logger.error({ err: error }, "failed"));
    expect(text.length).toBeLessThan(20_000);
  });

  it("that causes itself ends", () => {
    const error = new Error("round");
    error.cause = error;
    expect(recordOf((logger) => logger.error({ err: error }, "failed")).record["msg"]).toBe("failed");
  });

  it("may be anything that was thrown", () => {
    const { record } = recordOf((logger) => logger.error({ err: "just text" }, "failed"));
    expect(record["err"]).toEqual({ type: "string", message: "just text" });
  });
});
