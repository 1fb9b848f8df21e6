import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** It runs its own scripts only and talks to this server only; its style sheet draws arrows from data: URLs. */
export const VIEWER_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const;

export const VIEWER_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flashgate API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="viewer"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** validatorUrl: the viewer's own default sends the document's address to a stranger. */
const START = `SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("viewer"),
  deepLinking: true,
  validatorUrl: null,
});
`;

export interface ViewerFile {
  readonly type: string;
  readonly read: () => Promise<string>;
}

const require = createRequire(import.meta.url);

const packaged = (name: string) => () => readFile(require.resolve(`swagger-ui-dist/${name}`), "utf8");

const SCRIPT = "text/javascript; charset=utf-8";

/** What the page names, by the last part of its path. */
export const VIEWER_FILES: ReadonlyMap<string, ViewerFile> = new Map([
  ["swagger-ui.css", { type: "text/css; charset=utf-8", read: packaged("swagger-ui.css") }],
  ["swagger-ui-bundle.js", { type: SCRIPT, read: packaged("swagger-ui-bundle.js") }],
  ["start.js", { type: SCRIPT, read: async () => START }],
]);
