import { expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { consoleReading } from "../../api/src/openapi/bodies/console.ts";
import type { audit, timeline } from "../../api/src/openapi/bodies/ops.ts";
import type { AuditBody, ConsoleBody, TimelineBody } from "../src/console/shapes.ts";

/* Held by the compiler: `npm run types` fails where a shape is not what the api's schema says. */
it("reads the shapes that the ops port serves", () => {
  expectTypeOf<ConsoleBody>().toEqualTypeOf<z.output<typeof consoleReading>>();
  expectTypeOf<AuditBody>().toEqualTypeOf<z.output<typeof audit>>();
  expectTypeOf<TimelineBody>().toEqualTypeOf<z.output<typeof timeline>>();
});
