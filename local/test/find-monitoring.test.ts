import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { findMonitoring } from "../src/find-monitoring.ts";
import { script, testFolder } from "./folder.ts";

const never = new AbortController().signal;
const find = (env: NodeJS.ProcessEnv) => findMonitoring("prometheus-redis-exporter", env, testFolder(), never);

test("an exporter on PATH is the one that runs, under Debian's name or its own, wherever it tells its version", async () => {
  const [broken, own, debian] = [testFolder(), testFolder(), testFolder()];
  script(broken, "prometheus-redis-exporter", ["exit 1"]);
  const upstream = script(own, "redis_exporter", ['echo "INFO[0000] Redis Metrics Exporter v1.67.0 build date" >&2']);
  const packaged = script(debian, "prometheus-redis-exporter", [
    'echo "Redis Metrics Exporter 1.45.0-2+b4  Go: go1.19.8" >&2',
  ]);
  expect(await find({ PATH: [broken, own].join(delimiter) })).toMatchObject({ file: upstream, version: "1.67.0" });
  expect(await find({ PATH: [own, debian].join(delimiter) })).toMatchObject({ file: packaged, version: "1.45.0" });
});

test("where none can be had it is said which package to install", async () => {
  const folder = testFolder();
  const mute = script(folder, "prometheus-redis-exporter", ["echo hello"]);
  const search = find({ PATH: folder });
  await expect(search).rejects.toThrow(`${mute} does not tell its version: hello`);
  await expect(search).rejects.toThrow("sudo apt-get install prometheus-redis-exporter");
  await expect(find({ PATH: "", PROMETHEUS_REDIS_EXPORTER: mute })).rejects.toThrow("PROMETHEUS_REDIS_EXPORTER");
});
