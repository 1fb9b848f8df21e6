import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseExposition, type Samples } from "../../../monitoring/test/exposition.ts";
import type { Instance } from "./instance.ts";

type Service = "api" | "worker" | "scheduler";

/** One process's metrics, as Prometheus would scrape them. */
export interface Scrape {
  readonly service: Service;
  readonly text: string;
  readonly samples: Samples;
}

/** One request to the ops port of a process, with the token. */
export async function askOps(instance: Instance, url: string, method = "GET"): Promise<Response> {
  const token = readFileSync(join(instance.dataDir, "ops-token"), "utf8").trim();
  return fetch(url, { method, headers: { authorization: `Bearer ${token}` } });
}

/** Scrapes every process of an instance. */
export async function scrapeAll(instance: Instance): Promise<Scrape[]> {
  const scrapes: Scrape[] = [];
  for (const service of ["api", "worker", "scheduler"] as const) {
    for (const url of instance.state.ops_urls[service] ?? []) {
      const text = await (await askOps(instance, `${url}/metrics`)).text();
      scrapes.push({ service, text, samples: parseExposition(text) });
    }
  }
  return scrapes;
}

/** A counter over all processes. */
export function sumOf(scrapes: readonly Scrape[], key: string): number {
  return scrapes.reduce((sum, { samples }) => sum + (samples.get(key) ?? 0), 0);
}

/** A counter with one label over all processes, by the members that are not 0. */
export function sumsBy(scrapes: readonly Scrape[], name: string, label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  const series = new RegExp(`^${name}\\{${label}="([^"]*)"\\}$`);
  for (const { samples } of scrapes) {
    for (const [key, value] of samples) {
      const member = series.exec(key)?.[1];
      if (member !== undefined && value > 0) sums[member] = (sums[member] ?? 0) + value;
    }
  }
  return sums;
}

/** A fact that every scheduler tells: each one's value. */
export function toldBy(scrapes: readonly Scrape[], key: string): (number | undefined)[] {
  return scrapes.filter(({ service }) => service === "scheduler").map(({ samples }) => samples.get(key));
}

/** Every line that the processes of an instance have written, read back. */
export function logLines(instance: Instance): Record<string, unknown>[] {
  const folder = join(instance.dataDir, "logs");
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => ({ file, ...JSON.parse(line) })),
  );
}
