import type { Clock } from "@flashgate/core";
import type { Authenticator } from "./authentication/authenticator.ts";
import { bearerToken } from "./authentication/bearer-token.ts";
import { trustedHeader } from "./authentication/trusted-header.ts";
import type { ApiConfig } from "./config.ts";
import type { CorsOrigins } from "./cors.ts";
import { Allowance, type Allowances } from "./rate-limits/allowance.ts";

/** Who is asking, how often, and from where. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly allowances: Allowances;
  /** How many proxies stand before this process, or which: whose X-Forwarded-For is believed. */
  readonly trustProxy: number | readonly string[];
  readonly corsOrigins: CorsOrigins;
  /** Whether clients are told to come by TLS only. */
  readonly tlsOnly: boolean;
}

/** An address may stand for many shoppers: a household, an office, a mobile network. */
const ADDRESS_RATE = { requests: 1_000, windowS: 10 };

/** What the settings say of access. */
export function createAccess(config: ApiConfig, clock: Clock): Access {
  // Behind X-User-Id every request comes from the shop's backend: one address for all shoppers.
  const address = config.RATE_LIMIT_ADDRESS ?? (config.AUTH === "jwt" ? ADDRESS_RATE : "off");
  const user = config.RATE_LIMIT_USER;
  return {
    authenticator: authenticatorOf(config, clock),
    allowances: {
      user: user === "off" ? null : new Allowance("user", user),
      address: address === "off" ? null : new Allowance("address", address),
    },
    trustProxy: config.TRUST_PROXY,
    corsOrigins: new Set(config.CORS_ORIGINS),
    tlsOnly: config.NODE_ENV === "production",
  };
}

function authenticatorOf(config: ApiConfig, clock: Clock): Authenticator {
  const { JWT_SECRET: secret, JWT_JWKS_URL: jwksUrl = "", JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = config;
  if (config.AUTH === "trusted") return trustedHeader;
  return bearerToken({ keys: secret === undefined ? { jwksUrl } : { secret }, issuer, audience, clock });
}
