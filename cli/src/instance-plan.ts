import { join } from "node:path";
import type { ChildPlan } from "./child.ts";

export interface InstanceOptions {
  /** The program that is forked, with the service's name as its argument. */
  readonly program: string;
  /** A port for each api. */
  readonly apiPorts: readonly number[];
  readonly workers: number;
  readonly schedulers: number;
  readonly logsDir: string;
  /** What all children are told. */
  readonly env: NodeJS.ProcessEnv;
  /** What the schedulers are told besides. */
  readonly schedulerEnv: NodeJS.ProcessEnv;
}

/**
 * An api's heap. Room for what a crowd's requests leave behind: with Node's 16 MB they are collected too often, and of 64 MB
 * an idle api keeps all, which sell no faster. What outlived its request is collected when it has come to 80 % of what is
 * needed, not to twice as much: ten thousand streams that open leave 60 MB of it.
 */
const API_NODE_OPTIONS = ["--max-semi-space-size=32", "--heap-growing-percent=80"];

/** The children of an instance, in the order in which they stop: first who takes work, then who does it. */
export function childPlans({
  program,
  apiPorts,
  workers,
  schedulers,
  logsDir,
  env,
  schedulerEnv,
}: InstanceOptions): ChildPlan[] {
  const plan = (service: string, index: number, own: NodeJS.ProcessEnv = {}): ChildPlan => {
    const name = `${service}-${index + 1}`;
    // a fixed ops port is good for one process only
    const childEnv = { ...env, OPS_PORT: "0", ...own };
    const nodeOptions = service === "api" ? API_NODE_OPTIONS : [];
    return {
      name,
      service,
      program,
      args: [service],
      nodeOptions,
      env: childEnv,
      logFile: join(logsDir, `${name}.log`),
    };
  };
  return [
    ...apiPorts.map((port, index) => plan("api", index, { PORT: String(port) })),
    ...Array.from({ length: workers }, (_, index) => plan("worker", index)),
    ...Array.from({ length: schedulers }, (_, index) => plan("scheduler", index, schedulerEnv)),
  ];
}
