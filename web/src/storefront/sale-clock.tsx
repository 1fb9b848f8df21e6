import type { Sale } from "@flashgate/client";
import { countdownText, nextTickMs, targetOf } from "./countdown.ts";
import { useRedrawAfter } from "./moment.ts";
import type { ServerClock } from "./server-clock.ts";

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** What is waited for, and how long still, by the server's clock. */
export function SaleClock({ sale, serverClock }: { readonly sale: Sale | null; readonly serverClock: ServerClock }) {
  const target = sale && targetOf(sale);
  const leftMs = target?.toMs == null ? null : target.toMs - serverClock.nowMs();
  useRedrawAfter(leftMs === null ? null : nextTickMs(leftMs));
  const text = countdownText(leftMs ?? 0);
  return (
    <section class="clock" aria-label="Countdown">
      <p class="clock-label">{target?.label ?? "One moment"}</p>
      <p
        class={`clock-time figures${text.length > 5 ? " long" : ""}${leftMs === null ? " idle" : ""}`}
        role="timer"
        aria-live="off"
      >
        {text}
      </p>
      <p class="clock-window small soft figures">
        {sale
          ? `${timeOfDay.format(new Date(sale.opens_at))} – ${timeOfDay.format(new Date(sale.closes_at))}`
          : "\u00a0"}
      </p>
    </section>
  );
}
