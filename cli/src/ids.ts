import { randomBytes } from "node:crypto";
import type { Ids } from "@flashgate/core";
import { v7 } from "uuid";

/** Identifiers made of UUIDv7. */
export const randomIds: Ids = {
  checkoutId: () => v7(),
  saleId: () => `x-${v7()}`,
};

/** A word that tells the shoppers of one crowd from those of every other. */
export function crowdName(): string {
  return `crowd-${randomBytes(6).toString("base64url").replaceAll(/[-_]/g, "0")}`;
}

/** A new secret of 32 random bytes, as text. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
