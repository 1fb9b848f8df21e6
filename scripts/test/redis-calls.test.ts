import { describe, expect, it } from "vitest";
import { redisCalls } from "../tidy/redis-calls.ts";
import { findings } from "./findings.ts";

const MOVE = "write it in redis/lua/<verb>.lua";
const METHOD = "if it is a command and no script, use the client's own method";
const LEASE = "send EVALSHA only; a script that is not there is a shut gate";

describe("redis-calls", () => {
  it.each([
    ["const text = `return redis.call('TIME')`;", `\`redis.call\`: ${MOVE}; ${METHOD}`],
    ["const text = `return redis.pcall('TIME')`;", `\`redis.pcall\`: ${MOVE}; ${METHOD}`],
    ["await client.eval(text, 0);", `\`eval(\`: ${MOVE}`],
    ['await client.call("EVAL", text, 0);', `\`EVAL\`: ${MOVE}`],
    ['await client.call("FCALL", "reserve", 0);', `\`FCALL\`: ${LEASE}`],
    ["await client.fcall(name, 0);", `\`fcall\`: ${LEASE}`],
    ['client.defineCommand("reserve", { lua });', `\`defineCommand\`: ${LEASE}`],
    ['const client = new Redis({ keyPrefix: "flashgate" });', "`keyPrefix`: build the key in the file of keys"],
  ])("refuses %s", (text, message) => {
    expect(findings(redisCalls, { "redis/src/gate.ts": text })).toEqual([`redis/src/gate.ts:1 ${message}`]);
  });

  it("refuses Lua in a test as well", () => {
    expect(
      findings(redisCalls, { "redis/test/gate.test.ts": "const text = `return redis.call('TIME')`;" }),
    ).toHaveLength(1);
  });

  it("lets Lua files and EVALSHA pass", () => {
    const passing = {
      "redis/lua/reserve.lua": 'redis.call("TIME")',
      "redis/src/gate.ts": "// never FCALL, never eval(…)\nawait client.evalsha(sha, keys.length, ...keys);",
      "redis/test/gate.test.ts": 'await client.call("EVAL", text, 0);',
    };
    expect(findings(redisCalls, passing)).toEqual([]);
  });
});
