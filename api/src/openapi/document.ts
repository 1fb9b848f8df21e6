import { createRequire } from "node:module";
import { USER_ID_WORDS } from "../authentication/authenticator.ts";
import { operationObject } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { headerComponents } from "./parameters.ts";
import { exampleComponents } from "./problem-responses.ts";
import { type JsonSchema, jsonSchemas } from "./schemas.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

const DESCRIPTION = `Reserve, be promised at once, be told the verdict. Every path also answers OPTIONS, and HEAD where it has GET; any
other method is a 405. Errors are RFC 9457 problems with a stable \`code\`; clients must expect codes, fields and states that are new to them.`;

const TAGS = {
  sales: "What is sold, when, and how much of it is left",
  checkouts: "Reserving",
  tickets: "What became of a checkout, and what can be done with it",
  orders: "What was bought",
  pages: "Pictures and this document",
};

/** The OpenAPI 3.1 document of the public surface. */
export function openApiDocument() {
  const paths = Object.entries(OPERATIONS).map(([path, methods]): [string, JsonSchema] => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, operationObject(path, operation)]),
    ),
  ]);
  const used = JSON.stringify(paths);
  const usedOf = (kind: string, all: JsonSchema) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => used.includes(`"#/components/${kind}/${name}"`)));
  return {
    openapi: "3.1.1",
    info: { title: "Flashgate", version, description: DESCRIPTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Where AUTH=jwt." },
        user: {
          type: "apiKey",
          in: "header",
          name: "X-User-Id",
          description: `Where AUTH=trusted: the shop's own backend says for whom it asks, ${USER_ID_WORDS}.`,
        },
      },
      headers: usedOf("headers", headerComponents()),
      examples: usedOf("examples", exampleComponents()),
      schemas: jsonSchemas(),
    },
  };
}

/** The document as it is committed and printed. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}
