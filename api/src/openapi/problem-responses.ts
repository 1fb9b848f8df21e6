import { answerOf, codeOf, type ProblemCode, problemBody } from "../problems.ts";
import { responsesByStatus } from "./by-status.ts";
import { headerNeedsOf, responseHeaders } from "./parameters.ts";
import { PROBLEM_EXAMPLES } from "./problem-examples.ts";
import { type JsonSchema, refTo } from "./schemas.ts";

/** The responses of an operation that may answer these problems, by status. */
export function problemResponses(codes: Iterable<ProblemCode>): Readonly<Record<string, JsonSchema>> {
  return responsesByStatus(codes, (code) => answerOf(PROBLEM_EXAMPLES[code]).status, responseOf);
}

/** What is answered where a path's part is not UTF-8, or a query does not fit. */
export function unreadable(path: string, query: unknown): readonly ProblemCode[] {
  return path.includes("{") || query ? ["malformed"] : [];
}

function responseOf(codes: readonly ProblemCode[]): JsonSchema {
  const answers = codes.map((code) => answerOf(PROBLEM_EXAMPLES[code]));
  return {
    description: answers.map(({ title }, index) => `\`${codes[index]}\`: ${title}.`).join(" "),
    headers: responseHeaders(headerNeedsOf(answers.map(headerNamesOf))),
    content: {
      "application/problem+json": {
        schema: { ...refTo("Problem"), properties: { code: { enum: codes } } },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

/** The examples that {@link problemResponses} refers to. */
export function exampleComponents(): JsonSchema {
  return Object.fromEntries(
    Object.values(PROBLEM_EXAMPLES).map((problem) => [codeOf(problem), { value: problemBody(problem, REQUEST_ID) }]),
  );
}

const REQUEST_ID = "4f1c7a52-0d6e-4c1b-9d0f-2a8f6f1f7c11";

function headerNamesOf({ headers = {}, retryAfterS }: ReturnType<typeof answerOf>): readonly string[] {
  return ["cache-control", ...Object.keys(headers), ...(retryAfterS === undefined ? [] : ["retry-after"])];
}
