/** Guards of the gate in Redis: the lease, the epoch, and who may open and shut. */
import { patch, type RealMutant } from "../mutant.ts";
import { GATE_TESTS } from "./gate-tests.ts";

const RESERVE = "redis/lua/reserve.lua";
const PURCHASE = "redis/lua/purchase.lua";
const LAPSE = "redis/lua/lapse.lua";
const SHUT = "redis/lua/shut.lua";
const OPENING = "redis/src/opening.ts";
const EPOCH_AND_OPEN = 'if sale[1] ~= EPOCH or sale[2] ~= "1" then return { "gate_shut" } end';

export const LEASE_MUTANTS: readonly RealMutant[] = [
  {
    name: "redis-reload-on-noscript",
    guard: "a script that the server does not know is never loaded by whoever sends it",
    patches: [
      patch(
        "redis/src/scripts.ts",
        "return (await redis.evalsha(script.sha, keys.length, ...keys, ...args)) as Reply;",
        `const send = () => redis.evalsha(script.sha, keys.length, ...keys, ...args);
  return (await send().catch(async () => {
    await redis.script("LOAD", script.text);
    return send();
  })) as Reply;`,
      ),
    ],
    tests: GATE_TESTS,
  },
  {
    name: "redis-lease-without-sale",
    guard: "the text of a leased script names its sale",
    patches: [patch("redis/src/scripts.ts", 'SALE, EPOCH = "${saleId}"', 'SALE, EPOCH = "any"')],
    tests: ["redis/test/lease-of-sale.test.ts"],
  },
  {
    name: "redis-lease-without-epoch",
    guard: "the text of a leased script names its epoch",
    patches: [patch("redis/src/scripts.ts", ', "${epoch}"\\n`', ', redis["call"]("HGET", KEYS[1], "epoch")\\n`')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-reserve-ignores-epoch",
    guard: "reserve compares meta.epoch with its own",
    patches: [patch(RESERVE, EPOCH_AND_OPEN, 'if sale[2] ~= "1" then return { "gate_shut" } end')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-reserve-ignores-shut",
    guard: "reserve looks at meta.open",
    patches: [patch(RESERVE, EPOCH_AND_OPEN, 'if sale[1] ~= EPOCH then return { "gate_shut" } end')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-reserve-ignores-meta",
    guard: "reserve looks at meta at all",
    patches: [patch(RESERVE, EPOCH_AND_OPEN, "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-purchase-ignores-meta",
    guard: "purchase looks at meta.epoch and meta.open",
    patches: [patch(PURCHASE, EPOCH_AND_OPEN, "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-lapse-ignores-meta",
    guard: "lapse looks at meta.epoch and meta.open",
    patches: [patch(LAPSE, EPOCH_AND_OPEN, "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-replication-id-ignored",
    guard: "a lease counts only in the replication history in which it was granted",
    patches: [patch("redis/src/lease.ts", ' || replid !== field(replication, "master_replid")', "")],
    tests: ["redis/test/two-servers.test.ts"],
  },
  {
    name: "redis-shut-older-epoch",
    guard: "an older recovery does not shut a newer gate",
    patches: [patch(SHUT, "if current and tonumber(current) >= tonumber(epoch)", "if false")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-shut-leaves-open",
    guard: "a recovery shuts the gate before it reads what survives",
    patches: [patch(SHUT, '("HSET", meta, "epoch", epoch, "open", "0")', '("HGET", meta, "epoch")')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-install-any-epoch",
    guard: "an installation requires meta.epoch to be its own",
    patches: [patch(OPENING, 'Number(current) !== epoch || retired === "1"', 'retired === "1"')],
    tests: GATE_TESTS,
  },
  {
    name: "redis-install-any-incarnation",
    guard: "an installation requires the life of the server in which the survivors were read",
    patches: [patch(OPENING, " || (await incarnationOf(redis)) !== incarnation", "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-install-over-retired",
    guard: "nothing is installed in a retired gate",
    patches: [patch(OPENING, 'Number(current) !== epoch || retired === "1"', "Number(current) !== epoch")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-install-without-scripts",
    guard: "an installation grants the lease",
    patches: [patch(OPENING, 'for (const { text } of scriptsOf(id, epoch)) exchange.script("LOAD", text);', "")],
    tests: GATE_TESTS,
  },
  {
    name: "redis-survivors-of-no-epoch",
    guard: "a recovery reads the holds of the open epoch",
    patches: [patch(OPENING, "gateKeys(saleId, openEpoch).holds", "gateKeys(saleId, 0).holds")],
    tests: GATE_TESTS,
  },
];
