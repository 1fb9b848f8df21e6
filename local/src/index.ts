export { LocalServicesError } from "./local-services-error.ts";
export type { RestartLimit } from "./restart-budget.ts";
export type { LocalPids, LocalServicesOptions } from "./run.ts";
export { type LocalServices, startLocalServices } from "./start-local.ts";
export { type LocalServer, type LocalState, readLocalState } from "./state.ts";
