import { answerOf, codeOf, type ProblemCode, problemBody } from "../problems.ts";
import { type HeaderNeeds, responseHeaders } from "./parameters.ts";
import { PROBLEM_EXAMPLES } from "./problem-examples.ts";
import { type JsonSchema, refTo } from "./schemas.ts";

/** The responses of an operation that may answer these problems, by status. */
export function problemResponses(codes: Iterable<ProblemCode>): Readonly<Record<string, JsonSchema>> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = answerOf(PROBLEM_EXAMPLES[code]);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, same]) => [String(status), responseOf(same)]));
}

function responseOf(codes: readonly ProblemCode[]): JsonSchema {
  const answers = codes.map((code) => answerOf(PROBLEM_EXAMPLES[code]));
  return {
    description: answers.map(({ title }, index) => `\`${codes[index]}\`: ${title}.`).join(" "),
    headers: responseHeaders(headersOf(answers)),
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

/** A header that all of them carry is always there. */
function headersOf(answers: readonly ReturnType<typeof answerOf>[]): HeaderNeeds {
  const named = answers.map(({ headers = {}, retryAfterS }) => [
    "cache-control",
    ...Object.keys(headers),
    ...(retryAfterS === undefined ? [] : ["retry-after"]),
  ]);
  return Object.fromEntries(
    named.flat().map((name) => [name, named.every((names) => names.includes(name)) ? "always" : "sometimes"]),
  );
}
