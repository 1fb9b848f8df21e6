/**
 * A `NODE_OPTIONS` under which a Node process reads the time of day wrong by `skewMs`, as on a machine whose clock nobody
 * set; durations and timers are right. The idea is libfaketime's.
 */
export function skewedClock(skewMs: number): string {
  const module = `
    const Real = Date;
    const now = () => Real.now() + (${skewMs});
    globalThis.Date = new Proxy(Real, {
      construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
      apply: () => new Real(now()).toString(),
      get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    });`;
  return `--import=data:text/javascript,${encodeURIComponent(module)}`;
}
