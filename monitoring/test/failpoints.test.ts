import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FAILPOINTS, type Failpoints, readFailpoints } from "../src/failpoints.ts";

let folder: string;
let deaths: number;
let signals: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashgate-failpoints-"));
  deaths = 0;
  signals = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const marker = (name = "marker") => join(folder, name);
const arm = (FLASHGATE_FAILPOINTS: string) =>
  readFailpoints({ FLASHGATE_FAILPOINTS }, (signal) => {
    deaths += 1;
    signals.push(signal);
  }) as Failpoints;

describe("the environment's failpoints", () => {
  it("are none where it names none", () => {
    expect(readFailpoints({})).toBeNull();
    expect(readFailpoints({ FLASHGATE_FAILPOINTS: "", NODE_ENV: "production" })).toBeNull();
  });

  it("are refused in production", () => {
    const env = { FLASHGATE_FAILPOINTS: `settle.committed@${marker()}`, NODE_ENV: "production" };
    expect(() => readFailpoints(env)).toThrow("NODE_ENV=production");
  });

  it("are refused all together where one is not known or not readable, beside those that are known", () => {
    const wrong = () => arm(`settle.commited@${marker()},settle.committed,close.sealed@x,@x,constructor@x`);
    for (const name of ['"settle.commited@', '"settle.committed"', '"@x"', '"constructor@x"']) {
      expect(wrong).toThrow(name);
    }
    expect(wrong).not.toThrow('"close.sealed@x"');
    for (const name of Object.keys(FAILPOINTS)) expect(wrong).toThrow(`  ${name} `);
  });
});

describe("a failpoint", () => {
  it("ends the process once, in whichever comes first, and leaves its pid", () => {
    const [first, second] = [arm(`settle.committed@${marker()}`), arm(`settle.committed@${marker()}`)];
    first.reach("settle.finalised");
    expect(deaths).toBe(0);
    for (const each of [second, first, second]) each.reach("settle.committed");
    expect(deaths).toBe(1);
    expect(readFileSync(`${marker()}.1`, "utf8")).toBe(String(process.pid));
  });

  it("ends as many processes as it says, and again where a marker was taken away", () => {
    const armed = arm(`sweep.paged@${marker("a")}*3, close.sealed@${marker("b")}`);
    expect(armed.names).toEqual(["sweep.paged", "close.sealed"]);
    for (let times = 0; times < 5; times += 1) armed.reach("sweep.paged");
    expect(deaths).toBe(3);
    rmSync(`${marker("a")}.2`);
    for (let times = 0; times < 5; times += 1) armed.reach("sweep.paged");
    expect(deaths).toBe(4);
  });

  it("kills, or freezes where it is told to", () => {
    const armed = arm(`sweep.paged=stop@${marker("a")},close.sealed@${marker("b")}`);
    armed.reach("close.sealed");
    armed.reach("sweep.paged");
    expect(signals).toEqual(["SIGKILL", "SIGSTOP"]);
  });

  it("is no secret where its marker cannot be written", () => {
    expect(() => arm(`sweep.paged@${marker("nowhere/marker")}`).reach("sweep.paged")).toThrow("ENOENT");
  });
});

describe("a watched port", () => {
  class Port {
    readonly #answers = ["one", "two"];
    async next(from: number) {
      return this.#answers[from] ?? null;
    }
    /** Calls its own method, as the settlement queue does. */
    both() {
      return Promise.all([this.next(0), this.next(1)]);
    }
  }

  it("answers as before, and reaches its point after the answers that stand for it, of its own calls too", async () => {
    const port = new Port();
    arm(`sweep.paged@${marker()}*9`).after(port, { next: (reply) => reply === "two" && "sweep.paged" });
    expect([await port.next(0), await port.next(5), deaths]).toEqual(["one", null, 0]);
    expect([await port.next(1), deaths]).toEqual(["two", 1]);
    expect([await port.both(), deaths]).toEqual([["one", "two"], 2]);
  });

  it("reaches its point before a commit, on every connection of a pool", async () => {
    const pool = new EventEmitter();
    const sent: string[] = [];
    const client = { query: async (text: string) => sent.push(`${text} after ${deaths} deaths`) };
    arm(`settle.uncommitted@${marker()}`).beforeCommit(pool, "settle.uncommitted");
    pool.emit("connect", client);
    for (const text of ["BEGIN", "COMMIT", "ROLLBACK"]) await client.query(text);
    expect(sent).toEqual(["BEGIN after 0 deaths", "COMMIT after 1 deaths", "ROLLBACK after 1 deaths"]);
  });
});
