import { consoleQuery } from "../../list-query.ts";
import { done, type Operation } from "../operation.ts";

/** What the console is made of. */
export const CONSOLE_OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/v1/admin/console": {
    get: {
      id: "readConsole",
      tag: "console",
      summary: "A sale from all sides, for whoever looks once a second: verdict, funnel, lag, queue, processes",
      query: consoleQuery,
      answers: [done("As much as could be seen.", "Console")],
      problems: ["sale_not_found"],
    },
  },
  "/v1/admin/crowd": {
    post: {
      id: "sendCrowd",
      tag: "console",
      summary: "Where `flashgate up` runs it: make a sale of 10,000 items and let 256 buyers at it; one at a time",
      answers: [done("How far the crowd is.", "Crowd")],
      problems: ["route_not_found"],
    },
  },
};
