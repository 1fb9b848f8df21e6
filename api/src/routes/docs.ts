import { createHash } from "node:crypto";
import { openApiText } from "../openapi/document.ts";
import { VIEWER_FILES, VIEWER_HEADERS, VIEWER_PAGE } from "../openapi/viewer.ts";
import { sendFile, sendNotModified } from "../responses.ts";
import { type Handler, param } from "./route.ts";

/** As long as a deployment may be behind its own documents. */
const CACHE = { "cache-control": "public, max-age=300" } as const;

/** `GET /openapi.json`: made when it is first asked for. */
export function readDocument(): Handler {
  let made: { readonly text: string; readonly etag: string } | undefined;
  return (request, response) => {
    made ??= make();
    const { text, etag } = made;
    if (request.headers["if-none-match"] === etag) return void sendNotModified(response, etag, CACHE);
    return void sendFile(response, "application/json; charset=utf-8", text, { ...CACHE, etag });
  };
}

function make() {
  const text = openApiText();
  return { text, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 16)}"` };
}

/** `GET /docs`: a page that shows the document. */
export const readDocs: Handler = (_request, response) =>
  void sendFile(response, "text/html; charset=utf-8", VIEWER_PAGE, { ...CACHE, ...VIEWER_HEADERS });

/** `GET /docs/{file}`: what that page is made of, read once. */
export function readDocsFile(): Handler {
  const read = new Map<string, Promise<string>>();
  return async (request, response) => {
    const name = param(request, "file");
    const file = VIEWER_FILES.get(name);
    if (!file) return { kind: "not_found", what: "route" };
    const text = read.get(name) ?? file.read();
    read.set(name, text);
    return void sendFile(response, file.type, await text, CACHE);
  };
}
