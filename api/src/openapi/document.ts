import { createRequire } from "node:module";
import { CONTEST_SURFACE } from "./contest/surface.ts";
import { operationObject } from "./operation.ts";
import { OPS_SURFACE } from "./ops/surface.ts";
import { headerComponents } from "./parameters.ts";
import { exampleComponents } from "./problem-responses.ts";
import { PUBLIC_SURFACE } from "./public-surface.ts";
import { type JsonSchema, schemasIn } from "./schemas.ts";
import type { Surface } from "./surface.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** Those who are served apart from one another, each with a document of its own. */
export const SURFACES = ["public", "ops", "contest"] as const;
export type SurfaceName = (typeof SURFACES)[number];

/** The OpenAPI 3.1 document of a surface. */
export function openApiDocument(surface: SurfaceName = "public") {
  switch (surface) {
    case "public":
      return documentOf(PUBLIC_SURFACE);
    case "ops":
      return documentOf(OPS_SURFACE);
    case "contest":
      return documentOf(CONTEST_SURFACE);
  }
}

/** The document as it is committed and printed. */
export function openApiText(surface: SurfaceName = "public"): string {
  return `${JSON.stringify(openApiDocument(surface), null, 2)}\n`;
}

function documentOf<Failure extends string>(surface: Surface<Failure>) {
  const { title, description, tags, security, securitySchemes, operations, before = {} } = surface;
  const served = Object.entries(operations).map(([path, methods]): [string, JsonSchema] => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, operationObject(path, operation, surface)]),
    ),
  ]);
  const paths = { ...before, ...Object.fromEntries(served) };
  const used = JSON.stringify(paths);
  const usedOf = (kind: string, all: JsonSchema) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => used.includes(`"#/components/${kind}/${name}"`)));
  return {
    openapi: "3.1.1",
    info: { title, version, description, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/" }],
    tags: Object.entries(tags).map(([name, meaning]) => ({ name, description: meaning })),
    security,
    paths,
    components: {
      securitySchemes,
      headers: usedOf("headers", headerComponents()),
      examples: usedOf("examples", exampleComponents()),
      schemas: schemasIn(used),
    },
  };
}
