import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';
import { yumFailure } from './yum-failure.ts';

/** Right after the first boot cloud-init or an SSM patch run may hold the lock for some minutes. */
const LOCK_PATIENCE_MS = 300_000;
const LOCK_PAUSE_MS = 5_000;
/**
 * yum itself waits for another yum without end; and for a repository that is silent ten times half a minute.
 */
const OPTIONS = ['exit_on_lock=1', 'timeout=10', 'retries=2'].map(option => `--setopt=${option}`);

/** Where packages go, and what yum keeps of them. */
export const PACKAGE_PLACES = {
  paths: ['/var/lib/rpm', '/var/cache/dnf', '/usr', '/etc', '/tmp', '/var/tmp'],
};

interface YumOptions {
  /** For messages: `installing docker`. */
  readonly purpose: string;
  /** Exit codes that are an answer; by default only 0. */
  readonly answers?: readonly number[];
  /** Not in the log: a question only. */
  readonly isQuiet?: boolean;
}

/**
 * Runs yum as root; while another process holds a lock of the package database, waits and tries again.
 * @throws ActionError `package-manager-busy` or `package-manager-failed`, with yum's last lines
 */
export function yum(context: Context, args: readonly string[], options: YumOptions): Promise<CommandResult> {
  return retry(context, () => runYum(context, args, options), {
    pauseMs: LOCK_PAUSE_MS,
    giveUp: ({ error, waitedMs }) => (isBusy(error) && waitedMs <= LOCK_PATIENCE_MS ? undefined : error),
    onRetry: ({ error }) => context.log.info(`${reasonOf(error)}; trying again in ${LOCK_PAUSE_MS / 1000} s`),
  });
}

const isBusy = (error: unknown) => error instanceof ActionError && error.code === 'package-manager-busy';

async function runYum(
  { host, log }: Context,
  args: readonly string[],
  { purpose, answers = [0], isQuiet = false }: YumOptions,
): Promise<CommandResult> {
  const show = (line: string) => (isQuiet ? undefined : log.info(line));
  show(`yum ${args.join(' ')}`);
  const result = await host.run({
    argv: ['yum', ...OPTIONS, ...args],
    sudo: true,
    downloads: true,
    onLine: line => show(`  ${line}`),
    mayBeCut: !isQuiet,
  });
  if (!answers.includes(result.exitCode)) throw await yumFailure(host, result, purpose);
  return result;
}

/** Asks yum something that may go unanswered: a command that not every machine has. @returns all that it said, or nothing */
export async function askYum(host: Host, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await host.run({
    argv: ['yum', ...OPTIONS, ...args],
    sudo: true,
    downloads: true,
  });
  return `${stdout}\n${stderr}`;
}

interface PackageStepOptions {
  readonly name: StepName;
  readonly title: string;
  readonly guide?: string;
  readonly needs: readonly StepName[];
  readonly packageName: string;
  /** What does as well when it is there already, in words. @throws ActionError when the package must not be installed */
  readonly orElse?: (host: Host) => Promise<string | undefined>;
}

/** `yum install -y PACKAGE`. */
export function packageStep({ name, title, guide, needs, packageName, orElse }: PackageStepOptions): Step {
  return {
    name,
    title,
    guide,
    needs,
    writes: PACKAGE_PLACES,
    async check({ host }) {
      const result = await host.run({ argv: ['rpm', '-q', packageName], isLook: true });
      if (result.exitCode === 0) return satisfied(result.stdout.trim());
      const other = await orElse?.(host);
      return other === undefined ? notYet(`package ${packageName} is not installed`) : satisfied(other);
    },
    async apply(context) {
      await yum(context, ['install', '-y', packageName], { purpose: `installing ${packageName}` });
    },
  };
}
