import type { SaleBoard, SaleView } from "@flashgate/core";
import type { Request, Response } from "express";
import type { Problem } from "../problems.ts";

/** A handler answers itself, or names the problem to answer with. */
export type Handler = (request: Request, response: Response) => Promise<Problem | undefined> | Problem | undefined;

/** The sale that a path names: by id, or `current`. */
export function saleAt(board: SaleBoard, name: string, nowMs: number): SaleView | null {
  return name === "current" ? board.current(nowMs) : board.view(name);
}

/** A path parameter; Express guarantees it where the route declares it. */
export function param(request: Request, name: string): string {
  return String(request.params[name] ?? "");
}
