import type { Shelf } from "./attempt-store.ts";

/** What stands for `localStorage` where the browser keeps it from the page: it lasts as long as the page. */
export function memoryShelf(): Shelf {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  };
}
