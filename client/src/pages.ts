import type { List } from "./shapes.ts";
import type { Transport } from "./transport.ts";

export interface ListOptions {
  /** Entries asked for at once, 1 to 100. Default: 100. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Every entry of a list, page by page, each asked for when it is come to. */
export async function* entriesOf<Entry extends { readonly id: string }>(
  transport: Transport,
  path: string,
  asShopper: boolean,
  { pageSize = 100, signal, startingAt, ...query }: ListOptions & Readonly<Record<string, unknown>>,
): AsyncGenerator<Entry, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const start = after === undefined ? { starting_at: startingAt } : { starting_after: after };
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...query, limit: pageSize, ...start })) {
      if (value !== undefined) search.set(name, String(value));
    }
    const page: List<Entry> = await transport.send({
      method: "GET",
      path: `${path}?${search}`,
      signal,
      asShopper,
      repeatable: true,
    });
    yield* page.data;
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return;
  }
}
