import type { Context } from '../context.ts';

/** Whether the machine is already as a step wants it, and the sentence that says so or why not. */
export interface CheckResult {
  readonly satisfied: boolean;
  readonly detail: string;
  /** Versions of what was found, by name. */
  readonly versions?: Versions;
}

export type Versions = Readonly<Record<string, string>>;

export interface Step {
  /** Stable name, as in the outputs `changed` and `failed-step`. */
  readonly name: string;
  readonly title: string;
  /** Where the guide does this by hand. */
  readonly guide?: string;
  /** Names of the steps that must have succeeded before. */
  readonly needs: readonly string[];
  /** Reads, never writes. @throws ActionError when no change of ours could help */
  check(context: Context): Promise<CheckResult>;
  /** Changes the machine; a step without it can only be checked. */
  apply?(context: Context): Promise<void>;
  /**
   * Steps whose work the check looks at: as long as one of them is still to be done, what it says is not yet so. For a plan.
   */
  readonly reads?: readonly string[];
  /** Says more exactly what `apply` would do; reads only. @throws ActionError when it would be refused */
  foresee?(context: Context): Promise<readonly string[]>;
}

/** `passed` is said of a step that only checks, `planned` of one that would change the machine. */
export type StepStatus = 'changed' | 'unchanged' | 'passed' | 'planned' | 'failed' | 'skipped';

/** How a step ended. */
export interface StepResult {
  readonly name: string;
  readonly title: string;
  readonly status: StepStatus;
  /** It changed the machine, or tried to: a step that failed may have done so too. */
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
  ...(versions ? { versions } : {}),
});
export const notYet = (detail: string): CheckResult => ({ satisfied: false, detail });
