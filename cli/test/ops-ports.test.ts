import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { samplesOf } from "../src/watch/metrics-text.ts";
import { type OpsAddresses, OpsPorts } from "../src/watch/ops-ports.ts";
import { openPage } from "./metrics-page.ts";

const TOKEN = "t".repeat(32);
const API = `# HELP checkout_attempts_total Attempts to reserve, by the gate's answer.
# TYPE checkout_attempts_total counter
checkout_attempts_total{outcome="held",service="api"} 12
checkout_attempts_total{outcome="sold_out",service="api"} 3
checkout_attempts_total{outcome="user_limit",service="api"} 0
`;
const WORKER =
  'purchase_success_total{service="worker"} 12\ncheckout_attempts_total{outcome="held",service="worker"} 0\n';

function openPorts(where: () => OpsAddresses, token = TOKEN) {
  const ports = new OpsPorts(where, token);
  onTestFinished(() => ports.close());
  return ports;
}

test("the samples of a metrics page are read with their labels", () => {
  expect(samplesOf('a_total 3\nb{x="1",y="a \\"b\\" {c}"} 2.5 1700000000\n# a 1\n\nno sample\n')).toEqual([
    { name: "a_total", labels: {}, value: 3 },
    { name: "b", labels: { x: "1", y: 'a \\"b\\" {c}' }, value: 2.5 },
  ]);
});

test("attempts of all apis are summed up, and who does not answer is counted as known", async () => {
  const [api, other, worker] = [await openPage(TOKEN, API), await openPage(TOKEN, API), await openPage(TOKEN, WORKER)];
  const ports = openPorts(() => ({ api: [api, other], worker: [worker, "http://127.0.0.1:1"], scheduler: [] }));
  expect(await ports.read()).toEqual({
    attempts: { held: 24, sold_out: 6 },
    instances: {
      api: { known: 2, answering: 2 },
      worker: { known: 2, answering: 1 },
      scheduler: { known: 0, answering: 0 },
    },
  });
});

test("without an answer nothing is known of attempts", async () => {
  const ports = openPorts(() => ({ api: ["http://127.0.0.1:1"] }));
  expect(await ports.read()).toEqual({ attempts: null, instances: { api: { known: 1, answering: 0 } } });
});

test("the processes are asked where they are now", async () => {
  const [before, after] = [await openPage(TOKEN, API), await openPage(TOKEN, API)];
  let url = before;
  const ports = openPorts(() => ({ api: [url] }));
  await ports.read();
  url = after;
  expect((await ports.read()).instances).toEqual({ api: { known: 1, answering: 1 } });
});

test("a token that is not theirs is told with its remedy", async () => {
  const url = await openPage(TOKEN, API);
  const ports = openPorts(() => ({ api: [url] }), "another");
  await expect(ports.read()).rejects.toThrow(`${url} does not take the ops token: set OPS_TOKEN to the processes' own`);
});

test("a process that is frozen is waited for a moment, and the others are told all the same", async () => {
  const api = await openPage(TOKEN, API);
  const frozen = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void frozen.close());
  await once(frozen, "listening");
  const { port } = frozen.address() as { port: number };
  const ports = openPorts(() => ({ api: [api], worker: [`http://127.0.0.1:${port}`] }));
  expect(await ports.read()).toEqual({
    attempts: { held: 12, sold_out: 3 },
    instances: { api: { known: 1, answering: 1 }, worker: { known: 1, answering: 0 } },
  });
});
