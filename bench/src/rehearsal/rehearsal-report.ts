import { machineText, type Provenance } from "../provenance.ts";
import type { PanelResult, SceneResult } from "./rehearsal.ts";

export interface RehearsalFacts extends Provenance {
  readonly startedAt: string;
  readonly durationS: number;
  /** Their versions. */
  readonly stores: { readonly postgres: string; readonly redis: string };
  /** Null: the rules as they ship. Else every `for` was cut down to so many seconds. */
  readonly forSecondsMax: number | null;
  readonly scenes: readonly SceneResult[];
  readonly panels: readonly PanelResult[];
  /** What rules and panels ask for and nobody exports, a sentence each. */
  readonly unanswered: readonly string[];
}

/** Everything a rehearsal has to say for itself. */
export interface RehearsalReport extends RehearsalFacts {
  readonly ok: boolean;
  /** What was not as it should be, a sentence each. */
  readonly complaints: readonly string[];
}

/** `alerts`: those that have to be seen, and then every panel as well; null where only some scenes were asked for. */
export function reportOf(facts: RehearsalFacts, alerts: readonly string[] | null): RehearsalReport {
  const { scenes, panels, unanswered } = facts;
  const seen = seenIn(scenes);
  const complaints = [
    ...scenes.flatMap(({ name, fault }) => (fault === null ? [] : [`${name}: ${fault}`])),
    ...panels.flatMap(({ asker, expression, fault }) =>
      fault === null ? [] : [`"${asker}": ${expression}: ${fault}`],
    ),
    ...unanswered,
    ...(alerts ?? []).filter((alert) => !seen.has(alert)).map((alert) => `no scene sets off ${alert}`),
    ...(alerts === null ? [] : panels.filter(({ seriesMax }) => seriesMax === 0)).map(
      ({ asker, expression }) => `"${asker}" never had anything to show: ${expression}`,
    ),
  ];
  return { ...facts, ok: complaints.length === 0, complaints };
}

/** As Markdown: what is kept beside the claim that every alert was rehearsed. */
export function reportText(report: RehearsalReport): string {
  const { command, commit, startedAt, durationS, machine, stores, forSecondsMax, scenes, panels, complaints } = report;
  const rules =
    forSecondsMax === null ? "The rules are the ones that ship." : `Every \`for\` was cut down to ${forSecondsMax} s.`;
  const shown = panels.filter(({ seriesMax }) => seriesMax > 0).length;
  return [
    `# A rehearsal of ${seenIn(scenes).size} alerts, ${durationS} s`,
    "",
    `${startedAt.slice(0, 16).replace("T", " ")} UTC, commit ${commit}; ${machineText(machine)}, PostgreSQL ${stores.postgres}, Redis ${stores.redis}. ${rules}`,
    "",
    "```sh",
    command,
    "```",
    "",
    "| alert | fired after | cleared after | what was done | how it was mended |",
    "|---|---|---|---|---|",
    ...scenes.flatMap(sceneRows),
    "",
    ...scenes.flatMap(({ name, beside }) => (beside.length > 0 ? [`Beside ${name}: ${beside.join(", ")}.`, ""] : [])),
    `${shown} of the dashboard's ${panels.length} queries had something to show.`,
    "",
    ...complaints.map((complaint) => `- ${complaint}`),
    ...(complaints.length === 0 ? ["Nothing was missing."] : ["", "The rehearsal FAILED."]),
    "",
  ].join("\n");
}

function seenIn(scenes: readonly SceneResult[]): ReadonlySet<string> {
  return new Set(scenes.flatMap(({ alerts }) => alerts.map(({ alert }) => alert)));
}

function sceneRows({ alerts, trouble, mending }: SceneResult): string[] {
  return alerts.map(
    ({ alert, firedAfterMs, clearedAfterMs }) =>
      `| ${alert} | ${seconds(firedAfterMs)} | ${seconds(clearedAfterMs)} | ${trouble} | ${mending} |`,
  );
}

function seconds(ms: number | null): string {
  return ms === null ? "never" : `${(ms / 1_000).toFixed(1)} s`;
}
