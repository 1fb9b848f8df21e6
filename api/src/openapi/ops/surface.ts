import { ITEM_ID } from "@flashgate/core";
import { answerOf, type ProblemCode } from "../../problems.ts";
import { TEXT } from "../operation.ts";
import { responseHeadersOf } from "../parameters.ts";
import { PROBLEM_EXAMPLES } from "../problem-examples.ts";
import { problemResponses, unreadable } from "../problem-responses.ts";
import type { JsonSchema } from "../schemas.ts";
import type { Surface } from "../surface.ts";
import { CHECKOUT_OPERATIONS } from "./checkouts.ts";
import { CONSOLE_OPERATIONS } from "./console.ts";
import { DEAD_LETTER_OPERATIONS } from "./dead-letters.ts";
import { SALE_OPERATIONS } from "./sales.ts";
import { SIGN_IN_PATHS } from "./sign-in.ts";

/** The ops port answers for itself where the token is missing, before anything of the api is asked. */
const NO_TOKEN: Readonly<Record<string, JsonSchema>> = {
  [String(answerOf(PROBLEM_EXAMPLES.unauthenticated).status)]: {
    description: "The ops token is missing, or another one. Who asks for a page gets the form to sign in with.",
    headers: responseHeadersOf({ "cache-control": "always", "www-authenticate": "always" }),
    content: { "text/plain": TEXT, "text/html": TEXT },
  },
};

/** What operators are served: on the ops port of an api, to whoever holds its token. */
export const OPS_SURFACE: Surface<ProblemCode> = {
  title: "Flashgate operations",
  description: `On an api's ops port, never on the public one. Every change is a line in the api's log. Every path also answers OPTIONS, and HEAD
where it has GET; any other method is a 405. Errors are RFC 9457 problems with a stable \`code\`. For browsers, the
console is at \`/console/\` and Bull Board at \`/queues\` on the same port.`,
  tags: {
    "sign-in": "Sessions of browsers",
    console: "What the console shows, and its demonstration",
    sales: "Putting on, pausing, auditing and repairing sales",
    checkouts: "Looking up what became of one checkout",
    "dead letters": "Checkouts that a fault keeps from their verdict: list, retry, give up",
  },
  securitySchemes: {
    ops_token: { type: "http", scheme: "bearer", description: "OPS_TOKEN." },
    ops_session: {
      type: "apiKey",
      in: "cookie",
      name: "flashgate_ops",
      description:
        "What a browser got for the token; an underscore and the token's fingerprint end its name. Changes must come from a page of this origin.",
    },
  },
  security: [{ ops_token: [] }, { ops_session: [] }],
  pathParts: {
    sale: { description: "A sale's id.", schema: { type: "string", pattern: ITEM_ID.source } },
    checkout: { description: "A checkout's id.", schema: { type: "string" } },
  },
  before: SIGN_IN_PATHS,
  operations: { ...CONSOLE_OPERATIONS, ...SALE_OPERATIONS, ...CHECKOUT_OPERATIONS, ...DEAD_LETTER_OPERATIONS },
  failures: (path, { problems, query }) => ({
    ...NO_TOKEN,
    ...problemResponses([...problems, ...unreadable(path, query), "unavailable"]),
  }),
};
