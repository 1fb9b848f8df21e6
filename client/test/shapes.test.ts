import { expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { checkoutBody } from "../../api/src/checkout-request.ts";
import type { availability, item } from "../../api/src/openapi/bodies/item.ts";
import type { order } from "../../api/src/openapi/bodies/order.ts";
import type { problem } from "../../api/src/openapi/bodies/problem.ts";
import type { sale } from "../../api/src/openapi/bodies/sale.ts";
import type { ticket } from "../../api/src/openapi/bodies/ticket.ts";
import type { ProblemCode as ServedCode } from "../../api/src/problems.ts";
import type { Availability, CheckoutRequest, Item, Order, Problem, ProblemCode, Sale, Ticket } from "../src/index.ts";

/* Held by the compiler: `npm run types` fails where a shape is not what the api's schema says. */
it("has the shapes that the api validates with", () => {
  expectTypeOf<Sale>().toEqualTypeOf<z.output<typeof sale>>();
  expectTypeOf<Availability>().toEqualTypeOf<z.output<typeof availability>>();
  expectTypeOf<Item>().toEqualTypeOf<z.output<typeof item>>();
  expectTypeOf<Ticket>().toEqualTypeOf<z.output<typeof ticket>>();
  expectTypeOf<Order>().toEqualTypeOf<z.output<typeof order>>();
  expectTypeOf<Problem>().toEqualTypeOf<z.output<typeof problem>>();
  expectTypeOf<CheckoutRequest>().toEqualTypeOf<z.input<typeof checkoutBody>>();
  expectTypeOf<ProblemCode>().toEqualTypeOf<ServedCode>();
});
