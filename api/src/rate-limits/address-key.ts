import { isIPv4 } from "node:net";
import type { Request } from "express";
import ipaddr from "ipaddr.js";

/**
 * Whose allowance a request spends: its IPv4 address, or the /64 network of its IPv6 address, all of which one
 * subscriber has. What a trusted proxy forwards that is no address counts as the proxy's own.
 */
export function addressKey(request: Request): string {
  const forwarded = request.ip ?? "";
  const text = ipaddr.isValid(forwarded) ? forwarded : (request.socket.remoteAddress ?? "");
  if (isIPv4(text) || text === "") return text;
  const address = ipaddr.process(text);
  return "parts" in address ? `${address.parts.slice(0, 4).join(":")}::/64` : address.toString();
}
