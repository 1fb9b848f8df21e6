import type { Supervisor } from "./demo-crowd.ts";

/** Whoever forked this process, if somebody did. */
export const supervisor: Supervisor = {
  send: (message) => void process.send?.(message),
  onMessage: (listener) => void process.on("message", listener),
};
