import { TEXT } from "../operation.ts";
import { type HeaderNeeds, responseHeadersOf } from "../parameters.ts";
import type { JsonSchema } from "../schemas.ts";

/** An answer of the ops port itself, which every process has: no request id, no problem document. */
function answer(description: string, type: "text/html" | "text/plain", headers: HeaderNeeds = {}): JsonSchema {
  return {
    description,
    headers: responseHeadersOf({ "cache-control": "always", ...headers }),
    content: { [type]: TEXT },
  };
}

const form = {
  type: "object",
  required: ["token"],
  properties: {
    token: { type: "string", description: "OPS_TOKEN." },
    next: { type: "string", description: "The path to go to then." },
  },
};

const ELSEWHERE = answer("`Origin` is missing, or another one: no page of this port asks.", "text/plain");

/** How browsers sign in, which cannot be told to send a bearer. */
export const SIGN_IN_PATHS: Readonly<Record<string, JsonSchema>> = {
  "/login": {
    get: {
      operationId: "askForToken",
      tags: ["sign-in"],
      summary: "The page that asks for the ops token",
      security: [],
      responses: { "200": answer("The page.", "text/html") },
    },
    post: {
      operationId: "signIn",
      tags: ["sign-in"],
      summary: "Show the ops token once, for a session of eight hours",
      security: [],
      requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: form } } },
      responses: {
        "303": answer("Signed in.", "text/plain", { location: "always", "set-cookie": "always" }),
        "401": answer("That is not the token.", "text/html", { "www-authenticate": "always" }),
        "403": ELSEWHERE,
        "413": answer("The form is too long, or does not say how long it is.", "text/plain"),
        "429": answer("Wrong ten times within a minute.", "text/html", { "retry-after": "always" }),
      },
    },
  },
  "/logout": {
    post: {
      operationId: "signOut",
      tags: ["sign-in"],
      summary: "End this browser's session",
      security: [{ ops_session: [] }],
      responses: {
        "303": answer("Signed out.", "text/plain", { location: "always", "set-cookie": "always" }),
        "401": answer("There is no session.", "text/plain", { "www-authenticate": "always" }),
        "403": ELSEWHERE,
      },
    },
  },
};
