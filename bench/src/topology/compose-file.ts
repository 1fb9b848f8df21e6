import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { durationMs } from "./duration.ts";
import { interpolate } from "./interpolation.ts";

/** A command as a list of words: one in a string would run in a shell, which takes the signals. */
const words = z.array(z.string());

const membership = z.object({ ipv4_address: z.string().exactOptional() });
const networks = z.union([
  words.transform((names): Record<string, z.infer<typeof membership>> => {
    return Object.fromEntries(names.map((name) => [name, {}]));
  }),
  z.record(z.string(), membership),
]);

const healthcheck = z.union([
  z.object({ disable: z.literal(true) }).transform(() => null),
  z.object({
    test: words,
    interval: z.string().transform(durationMs),
    timeout: z.string().transform(durationMs),
    retries: z.int(),
  }),
]);

/** What is read of a service; the rest is for engines alone. */
const service = z.object({
  image: z.string(),
  build: z.string().exactOptional(),
  entrypoint: words.exactOptional(),
  command: words.default([]),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  secrets: words.default([]),
  volumes: words.default([]),
  tmpfs: words.default([]),
  networks: networks.default({}),
  depends_on: z
    .record(
      z.string(),
      z.object({ condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]) }),
    )
    .default({}),
  healthcheck: healthcheck.default(null),
  stop_signal: z.enum(["SIGTERM", "SIGINT", "SIGQUIT"]).exactOptional(),
  stop_grace_period: z.string().default("10s").transform(durationMs),
});

const file = z.object({
  services: z.record(z.string(), service),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

export type ComposeFile = z.infer<typeof file>;
export type ComposeService = z.infer<typeof service>;

/**
 * Reads a compose file as an engine would, with the variables of `env`; a setting without a value is that of `env`, and
 * absent where `env` has none. Throws an error that names what is not as it should be.
 */
export function readComposeFile(path: string, env: NodeJS.ProcessEnv): ComposeFile {
  const document: unknown = parse(readFileSync(path, "utf8"), { merge: true });
  const parsed = file.safeParse(interpolate(document, env));
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is not as expected:\n${z.prettifyError(parsed.error)}`);
}

/** The settings of a service that have a value. */
export function environmentOf({ environment }: ComposeService, env: NodeJS.ProcessEnv): Record<string, string> {
  const settled = Object.entries(environment).flatMap(([name, value]) => {
    const given = value ?? env[name];
    return given === undefined ? [] : [[name, given] as const];
  });
  return Object.fromEntries(settled);
}

/** The services in an order in which each comes after those it depends on. Throws where there is none. */
export function startOrder(services: ComposeFile["services"], wanted: readonly string[]): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]) => {
    if (order.includes(name)) return;
    const found = services[name];
    if (!found) throw new Error(`${path.at(-1)} depends on ${name}, which is no service`);
    if (path.includes(name)) throw new Error(`services depend on one another: ${[...path, name].join(", ")}`);
    for (const before of Object.keys(found.depends_on)) visit(before, [...path, name]);
    order.push(name);
  };
  for (const name of wanted) visit(name, []);
  return order;
}
