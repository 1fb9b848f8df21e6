import { type AlertResult, AlertWatch } from "./alert-watch.ts";
import { unansweredBy } from "./asked-names.ts";
import type { Scene } from "./scene.ts";
import { panelQuestions, type Question, ruleQuestions } from "./shipped.ts";
import type { Stage } from "./stage.ts";

export interface SceneResult extends Pick<Scene, "name" | "trouble" | "mending"> {
  readonly alerts: readonly AlertResult[];
  /** Other alerts that fired meanwhile. */
  readonly beside: readonly string[];
  /** What was not as it should be; null: nothing. */
  readonly fault: string | null;
}

/** A query of a panel, and the most series it ever had. */
export interface PanelResult extends Question {
  seriesMax: number;
  /** What Prometheus says against it; null: nothing. */
  fault: string | null;
}

/** Plays scenes one after the other, and asks every panel's query whenever something has changed. */
export class Rehearsal {
  readonly panels: readonly PanelResult[] = panelQuestions().map((question) => ({
    ...question,
    seriesMax: 0,
    fault: null,
  }));
  readonly #stage: Stage;
  readonly #onStep: (words: string) => void;

  constructor(stage: Stage, onStep: (words: string) => void) {
    this.#stage = stage;
    this.#onStep = onStep;
  }

  /** Never rejects: what goes wrong is in the result. */
  async play(scene: Scene): Promise<SceneResult> {
    const { name, trouble, mending } = scene;
    const watch = new AlertWatch(this.#stage.tower.prometheus, scene.alerts);
    let fault: string | null = null;
    try {
      await this.#run(scene, watch);
    } catch (error) {
      fault = messageOf(error);
      this.#onStep(`${name}: ${fault}`);
    }
    return { name, trouble, mending, alerts: watch.results(), beside: watch.beside(), fault };
  }

  /** What rules and panels ask for and no process and no exporter tells, a sentence each. */
  async unanswered(): Promise<string[]> {
    return unansweredBy(await this.#stage.tower.prometheus.names(), [...ruleQuestions(), ...panelQuestions()]);
  }

  async #run(scene: Scene, watch: AlertWatch): Promise<void> {
    const { name, trouble, mending } = scene;
    // the hour is held back from the start
    if (scene.fromTheStart !== true) await watch.untilQuiet();
    this.#onStep(`${name}: ${trouble}`);
    await scene.cause(this.#stage);
    try {
      await watch.untilFiring();
      await this.#askPanels();
    } finally {
      this.#onStep(`${name}: ${mending}`);
      await scene.mend(this.#stage);
    }
    await watch.untilCleared();
    await this.#askPanels();
  }

  async #askPanels(): Promise<void> {
    for (const panel of this.panels) {
      try {
        panel.seriesMax = Math.max(panel.seriesMax, await this.#stage.tower.prometheus.seriesOf(panel.expression));
      } catch (error) {
        panel.fault = messageOf(error);
      }
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
