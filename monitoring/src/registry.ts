import { readFileSync } from "node:fs";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

export type { Registry };

export type Service = "api" | "worker" | "scheduler";

/** A registry of one process: Node's own metrics and the build, each labelled with the service. */
export function createRegistry({ service }: { readonly service: Service }): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "flashgate_build_info",
    help: "Always 1; its labels say what runs.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version: buildVersion(), node: process.versions.node }, 1);
  return registry;
}

/** All workspaces are released together, so this one's version is everyone's. */
function buildVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
