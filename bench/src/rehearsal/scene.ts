import type { Stage } from "./stage.ts";

/** One way for things to go wrong, and what its page of the runbook says to do about it. */
export interface Scene {
  readonly name: string;
  /** The alerts that it sets off. */
  readonly alerts: readonly string[];
  /** What is done to the deployment, for people to read. */
  readonly trouble: string;
  /** What is done about it. */
  readonly mending: string;
  /** Whether the trouble is there before the scene begins. */
  readonly fromTheStart?: true;
  cause(stage: Stage): Promise<void>;
  /** Called once every alert of the scene fires. Throws when the runbook's way does not work. */
  mend(stage: Stage): Promise<void>;
}
