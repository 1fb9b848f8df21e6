import { useEffect, useState } from "preact/hooks";

/** Draws the component again after so many milliseconds; null: not by itself. */
export function useRedrawAfter(ms: number | null): void {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (ms === null) return;
    const timer = setTimeout(() => redraw((count) => count + 1), ms);
    return () => clearTimeout(timer);
  });
}
