export * from "./dependency.ts";
export * from "./failpoints.ts";
export * from "./http-metrics.ts";
export * from "./log-lines.ts";
export * from "./logger.ts";
export * from "./ops-server.ts";
export * from "./registry.ts";
export * from "./telemetry.ts";
