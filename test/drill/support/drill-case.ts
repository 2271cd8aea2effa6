import type { ActionRun } from '../../../script/run-action.ts';
import type { Machine } from '../../integration/support/lab.ts';

/** How a run of the action in a situation must end. Patterns are held against the log that the runner shows. */
export interface Ending {
  /** Undefined for a run that cannot give outputs; `either` where luck decides, and only what is said counts. */
  readonly result: 'passed' | 'failed' | 'either' | undefined;
  /** `error-code` of a run that failed. */
  readonly code?: string;
  /** Each must be in the log. */
  readonly says?: readonly RegExp[];
  /** None may be in the log: what would lead the reader elsewhere. */
  readonly neverSays?: readonly RegExp[];
  /** Other outputs, by name. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** What a case has to work with. */
export interface Scene {
  /** The first one, where there are several. */
  readonly machine: Machine;
  readonly machines: readonly Machine[];
  /** One more that is not in the cluster, as after its first boot, where the group has one. */
  readonly spare?: Machine | undefined;
  /** Runs a shell script on the machine as root, past the action. @returns its standard output */
  root(script: string): Promise<string>;
  /** What the depot does wrong for the machine from now on; nothing without any (`lab/lab help`). */
  depot(...faults: string[]): Promise<void>;
  /** Runs the built action against the machine, or against all of them. */
  action(inputs?: Readonly<Record<string, string>>, options?: ActionOptions): Promise<ActionRun>;
}

interface ActionOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
  readonly killSignal?: NodeJS.Signals;
}

/** A situation that is made for real on a machine of the lab, and what the action must make of it. */
export interface DrillCase {
  /** What `script/drill` is asked for it by: lower case, dashes. */
  readonly name: string;
  /** What was made, in one sentence. */
  readonly situation: string;
  /** What is right, in one sentence. */
  readonly right: string;
  /** Takes part in `script/test`. */
  readonly quick?: boolean;
  /** Makes the situation on a machine with a cluster that passed. */
  readonly make?: (scene: Scene) => Promise<unknown>;
  /** The run that is judged; by default a deployment. */
  readonly run?: (scene: Scene) => Promise<ActionRun>;
  /** Seconds that the run may take; by default 60, of which a deployment with nothing to change takes eight. */
  readonly withinS?: number;
  readonly ends: Ending;
  /** What else must hold afterwards. @throws Error that says what does not */
  readonly also?: (scene: Scene, run: ActionRun) => Promise<unknown>;
  /** The situation is in the connection or on the runner alone: no deployment has to show that the machine is well afterwards. */
  readonly isElsewhere?: boolean;
  /** Takes the situation away, whatever happened. A deployment must pass afterwards. */
  readonly mend?: (scene: Scene) => Promise<unknown>;
}

/** Cases that are tried one after the other on one machine. */
export interface DrillGroup {
  /** Also the machine's name, after `drill-`. */
  readonly name: string;
  /**
   * What the machine is before the first case: with a cluster that passed, or as after its first boot. `three` are three machines
   * with one cluster that passed; `three-and-one` has a bare one beside them.
   */
  readonly machine: 'deployed' | 'bare' | 'three' | 'three-and-one';
  readonly cases: readonly DrillCase[];
}
