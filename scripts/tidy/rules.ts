/** The rules of the house, in the order they are told. */
import { arrows } from "./arrows.ts";
import { clock } from "./clock.ts";
import { environment } from "./environment.ts";
import { folders } from "./folders.ts";
import { invariants } from "./invariants.ts";
import { leftovers } from "./leftovers.ts";
import { luaHeader } from "./lua-header.ts";
import { names } from "./names.ts";
import { portable } from "./portable.ts";
import type { Rule } from "./project.ts";
import { rawSql } from "./raw-sql.ts";
import { reach } from "./reach.ts";
import { redisCalls } from "./redis-calls.ts";
import { size } from "./size.ts";
import { sleeps } from "./sleeps.ts";
import { statuses } from "./statuses.ts";

export const rules: readonly Rule[] = [
  folders,
  names,
  size,
  reach,
  arrows,
  clock,
  environment,
  statuses,
  rawSql,
  redisCalls,
  luaHeader,
  sleeps,
  leftovers,
  invariants,
  portable,
];
