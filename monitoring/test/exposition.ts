import type { Registry } from "@flashgate/monitoring";

/** One scrape, read line by line as Prometheus would: `name{a="1",b="2"}`, labels sorted and without `service`, to value. */
export type Samples = ReadonlyMap<string, number>;

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** Throws on a line that is not of the format, on a sample given twice and on one before its TYPE. */
export function parseExposition(text: string): Samples {
  const samples = new Map<string, number>();
  const types = new Set<string>();
  for (const line of text.split("\n").filter(Boolean)) {
    const type = /^# TYPE (\S+) (?:counter|gauge|histogram|summary)$/.exec(line)?.[1];
    if (type) types.add(type);
    if (line.startsWith("#")) continue;
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a sample: ${line}`);
    if (!types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/, ""))) throw new Error(`no TYPE: ${line}`);
    const key = keyOf(name, labels);
    if (samples.has(key)) throw new Error(`twice: ${key}`);
    samples.set(key, Number(value));
  }
  return samples;
}

export async function scrape(registry: Registry): Promise<Samples> {
  return parseExposition(await registry.metrics());
}

function keyOf(name: string, labels: string): string {
  const kept = [...labels.matchAll(/([a-zA-Z_]\w*)="([^"]*)"/g)].map(([pair]) => pair);
  const sorted = kept.filter((pair) => !pair.startsWith("service=")).sort();
  return sorted.length > 0 ? `${name}{${sorted.join(",")}}` : name;
}
