import { ITEM_ID, ORDER_ID } from "@flashgate/core";
import { USER_ID_WORDS } from "../authentication/authenticator.ts";
import type { ProblemCode } from "../problems.ts";
import { OPERATIONS } from "./operations.ts";
import { problemResponses, unreadable } from "./problem-responses.ts";
import type { Surface } from "./surface.ts";

const EVERYBODY: readonly ProblemCode[] = ["rate_limited", "unavailable"];
const SHOPPER: readonly ProblemCode[] = ["malformed", "unauthenticated"];

/** What shops and shoppers are served. */
export const PUBLIC_SURFACE: Surface<ProblemCode> = {
  title: "Flashgate",
  description: `Reserve, be promised at once, be told the verdict. Every path also answers OPTIONS, and HEAD where it has GET; any
other method is a 405. Errors are RFC 9457 problems with a stable \`code\`; clients must expect codes, fields and states that are new to them.`,
  tags: {
    sales: "What is sold, when, and how much of it is left",
    checkouts: "Reserving",
    tickets: "What became of a checkout, and what can be done with it",
    orders: "What was bought",
    pages: "Pictures and this document",
  },
  securitySchemes: {
    bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Where AUTH=jwt." },
    user: {
      type: "apiKey",
      in: "header",
      name: "X-User-Id",
      description: `Where AUTH=trusted: the shop's own backend says for whom it asks, ${USER_ID_WORDS}.`,
    },
  },
  security: [],
  pathParts: {
    sale: {
      description: "A sale's id, or `current`.",
      schema: { type: "string", pattern: ITEM_ID.source },
      example: "current",
    },
    ticket: { description: "A ticket, as the checkout answered it.", schema: { type: "string" } },
    order: { description: "An order's id.", schema: { type: "string", pattern: ORDER_ID.source } },
    item: { description: "An item's id and `.svg`.", schema: { type: "string" } },
    file: { description: "A file that the page names.", schema: { type: "string" } },
  },
  operations: OPERATIONS,
  failures: (path, { problems, query, shopper }) =>
    problemResponses([...problems, ...unreadable(path, query), ...(shopper ? SHOPPER : []), ...EVERYBODY]),
};
