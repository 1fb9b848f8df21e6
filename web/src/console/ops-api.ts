/** An answer of the ops port: what it is about, or why there is none. */
export type Answer<Body> =
  | { readonly kind: "done"; readonly body: Body }
  | { readonly kind: "signed_out" }
  | { readonly kind: "not_found" }
  | { readonly kind: "failed"; readonly why: string };

/** How long an answer is waited for: an audit and a repair may take a while. */
const ANSWER_MS_MAX = 30_000;
/** The page is a folder beside the routes, whatever a proxy put before both. */
const ROUTES = new URL("../v1/admin/", location.href);

export const read = <Body>(path: string) => ask<Body>("GET", path);
export const change = <Body>(path: string) => ask<Body>("POST", path);

async function ask<Body>(method: "GET" | "POST", path: string): Promise<Answer<Body>> {
  try {
    const response = await fetch(new URL(path, ROUTES), {
      method,
      headers: { accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (response.status === 401) return { kind: "signed_out" };
    const body = await response.json().catch(() => ({}));
    if (response.ok) return { kind: "done", body: body as Body };
    if (response.status === 404) return { kind: "not_found" };
    return { kind: "failed", why: `${body.title ?? "It was refused"} (${response.status})` };
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return { kind: "failed", why: late ? "No answer in time" : "The api cannot be reached" };
  }
}
