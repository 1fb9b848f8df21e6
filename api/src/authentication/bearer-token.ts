import type { Clock } from "@flashgate/core";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Problem } from "../problems.ts";
import { type Authenticator, USER_ID, USER_ID_WORDS } from "./authenticator.ts";

export interface TokenRules {
  /** What tokens are signed with: a shared secret, or the keys that a URL lists. Never both. */
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly clock: Clock;
}

/** One kind of key, one kind of algorithm: a public key is never taken for the secret of an HMAC. */
const SHARED = ["HS256"];
const PUBLIC = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"];

/** Bounds of the remote key list: what a request may wait for it, how old it may be, how often an unknown key refreshes it. */
const JWKS = { timeoutDuration: 2_000, cacheMaxAge: 600_000, cooldownDuration: 30_000 } as const;
/** Clocks of issuers and of ours differ a little. */
const CLOCK_SKEW_S = 5;

/**
 * `AUTH=jwt`: a signed token in `Authorization: Bearer`, whose `sub` is the user's id and whose `exp` is to come.
 * Rejects where the key list cannot be had: that is no fault of the token's.
 */
export function bearerToken({ keys, issuer, audience, clock }: TokenRules): Authenticator {
  const algorithms = "secret" in keys ? SHARED : PUBLIC;
  const rules = {
    algorithms,
    requiredClaims: ["sub", "exp"],
    clockTolerance: CLOCK_SKEW_S,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  const key = keyGetter(keys);
  return {
    async userOf(request) {
      const token = /^Bearer +([^\s,]+)$/i.exec(request.headers.authorization ?? "")?.[1];
      if (token === undefined) return NO_TOKEN;
      const options: JWTVerifyOptions = { ...rules, currentDate: new Date(clock.nowMs()) };
      try {
        const { payload } = await jwtVerify(token, key, options);
        const { sub } = payload;
        return typeof sub === "string" && USER_ID.test(sub) ? sub : invalid(`its sub must be ${USER_ID_WORDS}`);
      } catch (error) {
        const fault = faultOf(error, algorithms);
        if (fault === null) throw error;
        return invalid(fault);
      }
    },
  };
}

function keyGetter(keys: TokenRules["keys"]): JWTVerifyGetKey {
  if ("jwksUrl" in keys) return createRemoteJWKSet(new URL(keys.jwksUrl), JWKS);
  const secret = new TextEncoder().encode(keys.secret);
  return () => secret;
}

const NO_TOKEN: Problem = {
  kind: "unauthenticated",
  detail: "Send a token: Authorization: Bearer <JWT>.",
  challenge: 'Bearer realm="flashgate"',
};

/** `fault` goes into a quoted string: no quotes in it. */
function invalid(fault: string): Problem {
  return {
    kind: "unauthenticated",
    detail: `The token is not usable: ${fault}.`,
    challenge: `Bearer realm="flashgate", error="invalid_token", error_description="${fault}"`,
  };
}

/** What is wrong with a token; null where the error is not the token's. */
function faultOf(error: unknown, algorithms: readonly string[]): string | null {
  if (error instanceof errors.JWTExpired) return "it has expired, get a new one";
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `its ${error.claim} is ${error.reason === "missing" ? "missing" : "not one that is valid here and now"}`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return `its alg must be ${algorithms.join(" or ")}`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature does not fit";
  if (error instanceof errors.JWKSNoMatchingKey) return "it is signed with a key that is not known here";
  if (error instanceof errors.JWKSMultipleMatchingKeys) return "it must name its key in kid";
  const unreadable = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported];
  return unreadable.some((kind) => error instanceof kind) ? "it is not a JWT that can be read here" : null;
}
