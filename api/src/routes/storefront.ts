import type { Request, Response } from "express";
import { addField } from "../answer-fields.ts";
import { type BuiltFile, type BuiltPage, ENCODINGS } from "../pages/built-page.ts";
import { sendFile, sendNotModified } from "../responses.ts";
import { type Handler, param } from "./route.ts";

/** It runs its own scripts and styles and talks to this server; items may have pictures elsewhere. */
const POLICY =
  "default-src 'self'; img-src 'self' https: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The document names what a deployment built, so each visit asks whether it still does. */
const DOCUMENT = { "cache-control": "public, no-cache", "content-security-policy": POLICY } as const;
/** Named by its content. */
const ASSET = { "cache-control": "public, max-age=31536000, immutable" } as const;

/** `GET /`: the page. */
export function readStorefront({ document }: BuiltPage): Handler {
  return (request, response) => void sendBuilt(request, response, document, DOCUMENT);
}

/** `GET /assets/{file}`: what the page is made of. */
export function readStorefrontAsset({ assets }: BuiltPage): Handler {
  return (request, response) => {
    const file = assets.get(param(request, "file"));
    if (!file) return { kind: "not_found", what: "route" };
    return void sendBuilt(request, response, file, ASSET);
  };
}

function sendBuilt(
  request: Request,
  response: Response,
  { type, etag, plain, compressed }: BuiltFile,
  caching: Readonly<Record<string, string>>,
): void {
  const offered = ENCODINGS.filter((encoding) => compressed[encoding]);
  if (offered.length > 0) addField(response, "vary", "Accept-Encoding");
  const headers = { ...caching, etag };
  if (request.headers["if-none-match"] === etag) {
    sendNotModified(response, etag, headers);
    return;
  }
  const chosen = offered.find((encoding) => request.acceptsEncodings(encoding) === encoding);
  const bytes = (chosen && compressed[chosen]) ?? plain;
  sendFile(response, type, bytes, { ...headers, ...(chosen ? { "content-encoding": chosen } : {}) });
}
