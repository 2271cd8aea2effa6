import { formatDuration } from '../../clock.ts';
import { workflowRunUrl } from '../../workflow-run.ts';

/** What a run writes into the lock about itself. */
export interface LockEntry {
  /** Unique to the run. */
  readonly token: string;
  /** Where to look for it: the address of the workflow run, or the name of the computer. */
  readonly who: string;
  readonly mode: string;
  /** How long the run may take at most, in seconds. */
  readonly limitS: number;
  /** The same for processes of one job one after the other; empty when it is not known. */
  readonly job: string;
}

/** Who has the lock. */
export interface LockHolder {
  readonly token: string;
  readonly who: string;
  readonly mode: string;
  readonly since: string;
  readonly limitS: number;
  /** How long it has said nothing, in seconds. */
  readonly silentS: number;
}

/** What a run says of itself, from the variables that a runner sets. */
export function entryOf(
  env: NodeJS.ProcessEnv,
  { token, mode, timeoutMs, computer }: { token: string; mode: string; timeoutMs: number; computer: string },
): LockEntry {
  const { GITHUB_RUN_ID, GITHUB_WORKFLOW, GITHUB_JOB, RUNNER_NAME } = env;
  const address = workflowRunUrl(env);
  const names = [GITHUB_WORKFLOW && `workflow ${GITHUB_WORKFLOW}`, GITHUB_JOB && `job ${GITHUB_JOB}`].filter(
    Boolean,
  );
  const more = names.length > 0 ? ` (${names.join(', ')})` : '';
  return {
    token,
    mode,
    who: plain(`${address ?? `a run on ${computer}`}${more}`),
    limitS: Math.ceil(timeoutMs / 1000),
    // Of a matrix several jobs have one name; each is on a runner of its own.
    job: address && GITHUB_JOB ? plain([GITHUB_RUN_ID, GITHUB_JOB, RUNNER_NAME ?? ''].join('/')) : '',
  };
}

/** The lines of the record that only people read. */
export const aboutOf = ({ who, mode, limitS }: LockEntry) => `who=${who}\nmode=${mode}\nlimit=${limitS}`;

/** As the script writes times. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** @returns 0 for what is no number of seconds */
const seconds = (text: string) => (/^\d{1,10}$/.test(text) ? Number(text) : 0);

/** Reads what the script printed. A record that was cut off or written by hand is read as far as it goes. */
export function parseLock(output: string): { readonly state: string; readonly holder: LockHolder } {
  const fields = new Map(
    output.split('\n').map(line => {
      const index = line.indexOf('=');
      return [line.slice(0, index), plain(line.slice(index + 1))];
    }),
  );
  const field = (name: string) => fields.get(name) ?? '';
  const holder: LockHolder = {
    token: field('token'),
    who: field('who') || 'a run that did not say who it is',
    mode: field('mode') || 'unknown',
    since: TIME.test(field('since')) ? field('since') : 'an unknown time',
    limitS: seconds(field('limit')),
    silentS: seconds(field('age')),
  };
  return { state: field('state'), holder };
}

/** Who has the machine, in words. */
export function describeHolder({ who, mode, since, limitS }: LockHolder): string {
  const limit = limitS > 0 ? `, it ends ${formatDuration(limitS * 1000)} after that at the latest` : '';
  return `${who}, mode ${mode}, since ${since}${limit}`;
}

/** One line without control characters: it goes into a file of lines, and into logs. */
const plain = (text: string) =>
  text
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 300)
    .trim();
