import { readFileSync } from 'node:fs';
import type { Withheld } from '../config/empty-inputs.ts';

/** Events whose data say which pull request they are about, when they are about one; what is checked out may be its code. */
interface EventData {
  readonly pull_request?: unknown;
  readonly issue?: { readonly pull_request?: unknown };
  readonly workflow_run?: { readonly event?: unknown; readonly pull_requests?: unknown };
  readonly check_run?: { readonly pull_requests?: unknown };
  readonly check_suite?: { readonly pull_requests?: unknown };
}

/** Without its data nobody knows whether one of these is about a pull request. */
const MAY_BE_OF_ONE = new Set(['issue_comment', 'workflow_run', 'check_run', 'check_suite']);

/**
 * Whether the workspace may be a pull request's: then whoever opened it wrote what is in there. Forks and branches of the
 * repository itself count alike, for the workflow may have secrets that its branch has not.
 * @param env as the runner sets it: https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export function isOfPullRequest(
  { GITHUB_EVENT_NAME: name = '', GITHUB_EVENT_PATH: path = '', GITHUB_REF: ref = '' }: NodeJS.ProcessEnv,
  readFile = (file: string) => readFileSync(file, 'utf8'),
): boolean {
  if (name.startsWith('pull_request') || ref.startsWith('refs/pull/')) return true;
  if (name === '') return false;
  try {
    return isAboutOne(JSON.parse(readFile(path)) as EventData);
  } catch {
    return MAY_BE_OF_ONE.has(name);
  }
}

/**
 * Why GitHub gives this run no secrets, if it is one of those.
 * https://docs.github.com/actions/reference/security/securely-using-pull_request_target and
 * https://docs.github.com/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions
 * @param env as the runner sets it
 */
export function secretsWithheld(
  {
    GITHUB_ACTOR: actor,
    GITHUB_EVENT_NAME: name = '',
    GITHUB_EVENT_PATH: path = '',
    GITHUB_REPOSITORY: repository,
  }: NodeJS.ProcessEnv,
  readFile = (file: string) => readFileSync(file, 'utf8'),
): Withheld | undefined {
  // These run the workflow of the base branch, with its secrets.
  if (['pull_request_target', 'workflow_run'].includes(name)) return undefined;
  if (actor === 'dependabot[bot]') return 'dependabot';
  if (!name.startsWith('pull_request')) return undefined;
  try {
    const { pull_request } = JSON.parse(readFile(path)) as {
      pull_request?: { head?: { repo?: { full_name?: unknown } | null } };
    };
    // The repository of a fork may be gone.
    const head = pull_request?.head;
    return head && head.repo?.full_name !== repository ? 'fork' : undefined;
  } catch {
    return undefined;
  }
}

function isAboutOne({ pull_request, issue, workflow_run, check_run, check_suite }: EventData): boolean {
  const lists = [workflow_run, check_run, check_suite].map(each => each?.pull_requests);
  return (
    [pull_request, issue?.pull_request].some(each => each !== undefined && each !== null) ||
    String(workflow_run?.event ?? '').startsWith('pull_request') ||
    lists.some(list => Array.isArray(list) && list.length > 0)
  );
}
