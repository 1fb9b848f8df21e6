import type { ProblemCode } from "../../problems.ts";
import { problemResponses, unreadable } from "../problem-responses.ts";
import type { Surface } from "../surface.ts";
import { CONTEST_OPERATIONS } from "./operations.ts";
import { type Refusal, refusalResponses } from "./refusals.ts";

/** What the contest's clients and load tests are served, where CONTEST_API=on. */
export const CONTEST_SURFACE: Surface<Refusal> = {
  title: "Flashgate for the contest's clients",
  description: `The two-call API of the hourly-sale contest, where CONTEST_API=on: it believes whatever user id it is told. Fields of a POST may stand
in the query, in a JSON body or in a form. Errors are \`{message, errors}\`; what never reaches a route is a problem as of the public API.`,
  tags: { contest: "Two calls: check out, purchase" },
  securitySchemes: {},
  security: [],
  pathParts: {
    sale: { description: "A sale's id, or `active`.", schema: { type: "string" }, example: "active" },
  },
  operations: CONTEST_OPERATIONS,
  failures: (path, { problems }) => {
    // A path that cannot be read never reaches a route, and neither does what is too much for an address.
    const before: readonly ProblemCode[] = [...unreadable(path, null), "rate_limited"];
    return { ...problemResponses(before), ...refusalResponses([...problems, "unavailable"]) };
  },
};
