import { createHmac } from "node:crypto";

const HEX_CHARS = 16;

/**
 * Names users in logs without naming them: HMAC-SHA256 of the id, under a key of its own that is derived from the
 * deployment's secret. Every api has the same names, and who has the logs but not the secret cannot try ids.
 */
export function createUserHash(secret: string): (userId: string) => string {
  const key = createHmac("sha256", secret).update("flashgate user_hash").digest();
  return (userId) => createHmac("sha256", key).update(userId).digest("hex").slice(0, HEX_CHARS);
}
