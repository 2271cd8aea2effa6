import type { GroupedLogger } from '../log.ts';

/** What a task needs from the runner. */
export interface Runner {
  /** Folder of the action, which holds stacks/, client/ and dist/. */
  readonly root: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly log: GroupedLogger;
  /** Blanks the secrets in a text. */
  readonly redact: (text: string) => string;
  /** Aborted when the job is cancelled. */
  readonly cancelled: AbortSignal;
}
