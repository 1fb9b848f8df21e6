import ipaddr from "ipaddr.js";
import { z } from "zod";
import { parseRate } from "./rate-limits/rate.ts";

const SECRET_BYTES_MIN = 32;

/** A secret that is long enough not to be guessed. */
export const secret = z.string().refine((text) => Buffer.byteLength(text) >= SECRET_BYTES_MIN, {
  message: `must have at least ${SECRET_BYTES_MIN} bytes: make one with "openssl rand -hex 32"`,
});

const rate = z.string().transform((text, context) => {
  const parsed = text === "off" ? "off" : parseRate(text);
  if (parsed) return parsed;
  context.addIssue({ code: "custom", message: 'must be requests per seconds like "50/1s", or "off"' });
  return z.NEVER;
});

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

const NAMED_NETWORKS = new Set(["loopback", "linklocal", "uniquelocal"]);

const proxies = list.transform((entries, context) => {
  const [first = ""] = entries;
  if (entries.length === 1 && /^[1-9]\d?$/.test(first)) return Number(first);
  const wrong = entries.find((entry) => !NAMED_NETWORKS.has(entry) && !isNetwork(entry));
  if (wrong === undefined) return entries;
  const message = `"${wrong}" is not an address, a network like 10.0.0.0/8, or one of ${[...NAMED_NETWORKS].join(", ")}; a number of proxies stands alone`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

function isNetwork(text: string): boolean {
  if (!/[.:]/.test(text)) return false;
  try {
    return text.includes("/") ? ipaddr.parseCIDR(text)[1] > 0 : ipaddr.isValid(text);
  } catch {
    return false;
  }
}

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text && !text.includes("*");

const origins = list.refine(
  (entries) => entries.every((entry) => entry === "*" || isOrigin(entry)),
  "must be origins like https://shop.example, without a path or a slash at the end, or *",
);

/** Who is asking, how often, and from where. */
export const accessSettings = {
  /** Who says who is asking. `trusted`: the shop's own backend, in X-User-Id. `jwt`: a signed bearer token. */
  AUTH: z.enum(["trusted", "jwt"]).default("trusted"),
  AUTH_TRUSTED_IN_PRODUCTION: z.enum(["yes", "no"]).default("no"),
  JWT_SECRET: secret.optional(),
  JWT_JWKS_URL: z.url({ protocol: /^https?$/, error: "must be the http(s) URL of a JSON Web Key Set" }).optional(),
  JWT_ISSUER: z.string().min(1).optional(),
  JWT_AUDIENCE: z.string().min(1).optional(),
  /** Checkouts and changes a user may ask for: far more than a person clicks, far less than a script can. */
  RATE_LIMIT_USER: rate.default({ requests: 200, windowS: 10 }),
  /** Requests an address may send. Without one, limited only where shoppers themselves are the peers: with AUTH=jwt. */
  RATE_LIMIT_ADDRESS: rate.optional(),
  /** Proxies whose X-Forwarded-For is believed. */
  TRUST_PROXY: proxies.default([]),
  CORS_ORIGINS: origins.default([]),
};

/** What the settings must agree on. They may be faulty each, so any of them may be missing. */
interface Agreeing {
  readonly AUTH?: unknown;
  readonly AUTH_TRUSTED_IN_PRODUCTION?: unknown;
  readonly NODE_ENV?: unknown;
  readonly TICKET_SECRET?: unknown;
  readonly JWT_SECRET?: unknown;
  readonly JWT_JWKS_URL?: unknown;
  readonly JWT_ISSUER?: unknown;
  readonly JWT_AUDIENCE?: unknown;
}

/** The setting at fault and how to mend it. */
type Fault = readonly [setting: keyof Agreeing, message: string];

/** Faults of settings that do not go together. */
export function accessFaults(env: Agreeing): readonly Fault[] {
  return [...authFaults(env), ...keyFaults(env)];
}

function authFaults(env: Agreeing): readonly Fault[] {
  if (env.AUTH !== "trusted") return [];
  const unread = (["JWT_SECRET", "JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE"] as const)
    .filter((name) => env[name] !== undefined)
    .map((name): Fault => [name, "is not read with AUTH=trusted: set AUTH=jwt, or leave it out"]);
  if (env.NODE_ENV !== "production" || env.AUTH_TRUSTED_IN_PRODUCTION === "yes") return unread;
  const message =
    "trusted takes X-User-Id from anybody who can reach the port: in production set AUTH=jwt, or AUTH_TRUSTED_IN_PRODUCTION=yes and let only the shop's backend through";
  return [["AUTH", message], ...unread];
}

function keyFaults(env: Agreeing): readonly Fault[] {
  if (env.AUTH !== "jwt") return [];
  const { JWT_SECRET, JWT_JWKS_URL } = env;
  if ((JWT_SECRET === undefined) === (JWT_JWKS_URL === undefined)) {
    return [["AUTH", "jwt needs either JWT_SECRET or JWT_JWKS_URL, and not both"]];
  }
  if (JWT_SECRET !== undefined && JWT_SECRET === env.TICKET_SECRET) {
    return [["JWT_SECRET", "must not be TICKET_SECRET: who makes tokens could make tickets"]];
  }
  if (env.NODE_ENV === "production" && String(JWT_JWKS_URL ?? "https:").startsWith("http:")) {
    return [["JWT_JWKS_URL", "must be https in production: whoever is on the way could put keys of their own in"]];
  }
  return [];
}
