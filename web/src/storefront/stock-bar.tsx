import type { Sale } from "@flashgate/client";
import { grouped } from "../design/figures.ts";

const PARTS = [
  { of: "available", label: "available" },
  { of: "held", label: "on hold" },
  { of: "sold", label: "sold" },
] as const;

/** Every unit of the sale, in figures and as one bar. */
export function StockBar({ sale }: { readonly sale: Sale | null }) {
  const stock = sale?.stock;
  const said = stock ? PARTS.map(({ of, label }) => `${grouped(stock[of])} ${label}`).join(", ") : "";
  return (
    <section class="stock" aria-label="Stock">
      <dl class="stock-figures">
        {PARTS.map(({ of, label }) => (
          <div key={of} class={`stock-figure ${of}`}>
            <dt>{label}</dt>
            <dd class="figures">{stock ? grouped(stock[of]) : "–"}</dd>
          </div>
        ))}
      </dl>
      <div class="stock-bar" role="img" aria-label={said}>
        {stock &&
          [...PARTS]
            .reverse()
            .map(({ of }) => (
              <span key={of} class={`stock-part ${of}`} style={{ flexGrow: stock[of] / Math.max(1, stock.total) }} />
            ))}
      </div>
    </section>
  );
}
