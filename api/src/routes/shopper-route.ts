import type { Clock } from "@flashgate/core";
import type { Request, Response } from "express";
import type { Authenticator } from "../authentication/authenticator.ts";
import type { Problem } from "../problems.ts";
import type { Allowances } from "../rate-limits/allowance.ts";
import { note } from "../request-note.ts";
import type { Handler } from "./route.ts";

export interface ShopperParts {
  readonly authenticator: Authenticator;
  readonly allowances: Allowances;
  readonly clock: Clock;
}

/** A handler for somebody who said who they are. */
export type ShopperHandler = (
  request: Request,
  response: Response,
  userId: string,
) => Promise<Problem | undefined> | Problem | undefined;

/** A route that only somebody known may take, within what they may ask. Nothing is read or noted before that. */
export function asShopper({ authenticator, allowances, clock }: ShopperParts, handle: ShopperHandler): Handler {
  return (request, response) => {
    const serve = (userId: string | Problem) => {
      if (typeof userId !== "string") return userId;
      note(request, { userId });
      return allowances.user?.spend(userId, clock.nowMs(), response) ?? handle(request, response, userId);
    };
    const known = authenticator.userOf(request);
    return known instanceof Promise ? known.then(serve) : serve(known);
  };
}
