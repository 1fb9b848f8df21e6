/** `fault`: it does not work, or not safely. `warning`: it works, and should be looked at. */
export interface Finding {
  readonly level: "fault" | "warning";
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
}

export function fault(what: string, fix: string): Finding {
  return { level: "fault", what, fix };
}

export function warning(what: string, fix: string): Finding {
  return { level: "warning", what, fix };
}
