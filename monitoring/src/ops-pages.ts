import { createHash } from "node:crypto";
import type { Answer } from "./ops-answer.ts";

/** Something on an ops port that an operator may want to open. */
export interface OpsLink {
  readonly path: string;
  readonly name: string;
  readonly about: string;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; margin: 0 0 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0 0 1rem; }
label { display: block; font-weight: 600; margin-bottom: .25rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem .6rem; border: 1px solid #888; border-radius: .3rem; }
button { font: inherit; margin-top: 1rem; padding: .45rem 1.1rem; border: 1px solid #888; border-radius: .3rem; cursor: pointer; }
.fault { color: light-dark(#b00020, #ff8a8a); font-weight: 600; }
.note { color: light-dark(#555, #aaa); margin-top: 2rem; }
`;

/**
 * The pages run no script and load nothing. `same-origin`: with `no-referrer` a browser hides the origin of a form, by which
 * the door knows its own pages.
 */
const HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
} as const;

export interface SignIn {
  /** What the paths of links begin with. */
  readonly base: string;
  /** Where the browser wanted to go. */
  readonly next: string;
  /** What was wrong with the last try. */
  readonly fault?: string;
}

/** Asks for the token. */
export function signInPage(status: number, { base, next, fault }: SignIn, headers: Answer["headers"] = {}): Answer {
  return page(
    status,
    `<form method="post" action="${escaped(base)}/login">
${fault === undefined ? "" : `<p class="fault" role="alert">${escaped(fault)}</p>`}
<label for="token">Ops token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input name="next" type="hidden" value="${escaped(next)}">
<button>Sign in</button>
</form>
<p class="note">It is this deployment's OPS_TOKEN. <code>flashgate up</code> keeps it in its data folder, in the file ops-token.</p>`,
    headers,
  );
}

/** Says what there is on this port. */
export function indexPage(base: string, links: readonly OpsLink[]): Answer {
  const entries = links.map(
    ({ path, name, about }) =>
      `<dt><a href="${escaped(`${base}${path}`)}">${escaped(name)}</a></dt>\n<dd>${escaped(about)}</dd>`,
  );
  return page(
    200,
    `<dl>
${entries.join("\n")}
</dl>
<form method="post" action="${escaped(base)}/logout"><button>Sign out</button></form>`,
  );
}

function page(status: number, content: string, headers: Answer["headers"] = {}): Answer {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flashgate operations</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Flashgate operations</h1>
${content}
</body>
</html>
`;
  return { status, type: "text/html; charset=utf-8", body, headers: { ...HEADERS, ...headers } };
}

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
