import { type Finding, fault } from "./finding.ts";

/** When a room's sources last changed, and when it was last compiled; null where it never was. */
export interface RoomBuild {
  readonly room: string;
  readonly changedMs: number;
  readonly compiledMs: number | null;
}

const COMPILE = "run: npm run build";

export function judgeBuild(rooms: readonly RoomBuild[]): Finding[] {
  const absent = rooms.filter(({ compiledMs }) => compiledMs === null).map(({ room }) => room);
  const stale = rooms
    .filter(({ changedMs, compiledMs }) => compiledMs !== null && compiledMs < changedMs)
    .map(({ room }) => room);
  return [
    ...(absent.length > 0 ? [fault(`${absent.join(", ")} was never compiled`, COMPILE)] : []),
    ...(stale.length > 0 ? [fault(`what runs is older than the sources of ${stale.join(", ")}`, COMPILE)] : []),
  ];
}
