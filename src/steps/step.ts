import type { Context } from '../context.ts';
import type { WritePlaces } from '../machine/troubles/full-disk.ts';

/** Whether the machine is already as a step wants it, and a sentence that says so or says why not. */
export interface CheckResult {
  readonly satisfied: boolean;
  readonly detail: string;
  /** Versions of what was found, by name. */
  readonly versions?: Versions;
}

export type Versions = Readonly<Record<string, string>>;

/** The steps by name, as in the outputs `changed` and `failed-step`. Each is made by the file of that name. */
export type StepName =
  | 'machine'
  | 'ways'
  | 'replacement'
  | 'deployment-record'
  | 'directory'
  | 'compose-file'
  | 'proxy'
  | 'system-update'
  | 'docker-package'
  | 'docker-service'
  | 'compose-binary'
  | 'openssl-package'
  | 'authority'
  | 'certificate'
  | 'client-certificate'
  | 'images'
  | 'stack'
  | 'python-package'
  | 'clients'
  | 'virtual-environment'
  | 'rolling-change'
  | 'certificate-use'
  | 'members'
  | 'kafka-ready'
  | 'drain'
  | 'unregister'
  | 'topics'
  | 'schemas'
  | 'topic'
  | 'rebalance'
  | 'smoke-test-host'
  | 'smoke-test-runner'
  | 'probe-topic'
  | 'drill'
  | 'containers'
  | 'networks'
  | 'volumes';

/** One machine of several. */
export interface Place {
  /** As messages name the machine. */
  readonly name: string;
  /** In place of the context that the steps are run with. */
  readonly context: Context;
}

export interface Step {
  readonly name: StepName;
  readonly title: string;
  /** Of several machines the one where it works; none for the one machine there is, or for the whole cluster. */
  readonly place?: Place;
  /** Where the guide does this by hand. */
  readonly guide?: string;
  /** Names of the steps that must have succeeded before. */
  readonly needs: readonly StepName[];
  /** Names of those that must have succeeded before as well, unless its check, asked ahead, has found nothing to do. */
  readonly needsToApply?: readonly StepName[];
  /** Of several machines: names of steps that must have succeeded on every one of them. */
  readonly needsOnAll?: readonly StepName[];
  /** Where on the machine it writes, itself or what it starts: looked at when it fails. */
  readonly writes?: WritePlaces;
  /** Reads, never writes. @throws ActionError when no change of ours could help */
  check(context: Context): Promise<CheckResult>;
  /** Changes the machine; a step without it can only be checked. */
  apply?(context: Context): Promise<void>;
  /**
   * Steps whose work the check looks at. A plan does not believe the check while one of them is still to be done.
   */
  readonly reads?: readonly StepName[];
  /**
   * The check may already be asked while those of `reads` are: whatever it finds, nothing is harmed, and it ends with its signal.
   * Any other check waits for theirs.
   */
  readonly isAskedMeanwhile?: boolean;
  /** Says more exactly what `apply` would do; reads only. @throws ActionError when it would be refused */
  foresee?(context: Context): Promise<readonly string[]>;
}

/** A step that only checks has `passed`; a step that would change the machine is `planned`. */
export type StepStatus = 'changed' | 'unchanged' | 'passed' | 'planned' | 'failed' | 'skipped';

/** How a step ended. */
export interface StepResult {
  readonly name: StepName;
  readonly title: string;
  /** The machine, of several; none for a step on the whole cluster. */
  readonly machine?: string;
  readonly status: StepStatus;
  /** True when the step changed the machine, or tried to: a failed step may have done so, too. */
  readonly changed: boolean;
  readonly detail: string;
  readonly durationMs: number;
  readonly versions?: Versions;
  /** What a plan says of it beyond `detail`; the difference of a file, for example. */
  readonly foreseen?: readonly string[];
}

export const satisfied = (detail: string, versions?: Versions): CheckResult => ({
  satisfied: true,
  detail,
  versions,
});
export const notYet = (detail: string): CheckResult => ({ satisfied: false, detail });
