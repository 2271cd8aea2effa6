import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { retry } from '../../waiting.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';

/** Right after the first boot cloud-init or an SSM patch run may hold the lock for some minutes. */
const LOCK_PATIENCE_MS = 300_000;
const LOCK_PAUSE_MS = 5_000;

/**
 * Runs yum as root; while another process holds rpm's lock, waits and tries again.
 * @throws ActionError `package-manager-busy` or `package-manager-failed`, with yum's last lines
 */
export async function yum(context: Context, args: readonly string[], purpose: string): Promise<void> {
  await retry(context, () => runYum(context, args, purpose), {
    pauseMs: LOCK_PAUSE_MS,
    giveUp: ({ error, waitedMs }) => (isBusy(error) && waitedMs <= LOCK_PATIENCE_MS ? undefined : error),
    onRetry: () => context.log.info("another process holds rpm's lock; trying again in 5 s"),
  });
}

const isBusy = (error: unknown) => error instanceof ActionError && error.code === 'package-manager-busy';

async function runYum({ host, log }: Context, args: readonly string[], purpose: string): Promise<void> {
  log.info(`yum ${args.join(' ')}`);
  const { exitCode, stdout, stderr } = await host.run({
    argv: ['yum', ...args],
    sudo: true,
    onLine: line => log.info(`  ${line}`),
  });
  if (exitCode === 0) return;
  const output = `${stdout}\n${stderr}`;
  const isLocked = /can't create transaction lock|waiting for process with pid|rpmdb: .*lock/i.test(output);
  const code = isLocked ? 'package-manager-busy' : 'package-manager-failed';
  throw new ActionError(code, `${purpose} failed: yum ended with exit code ${exitCode}`, {
    details: lastLines(output),
  });
}

interface PackageStepOptions {
  readonly name: StepName;
  readonly title: string;
  readonly guide: string;
  readonly needs: readonly StepName[];
  readonly packageName: string;
}

/** `yum install -y PACKAGE`. */
export function packageStep({ name, title, guide, needs, packageName }: PackageStepOptions): Step {
  return {
    name,
    title,
    guide,
    needs,
    async check({ host }) {
      const result = await host.run({ argv: ['rpm', '-q', packageName] });
      return result.exitCode === 0
        ? satisfied(result.stdout.trim())
        : notYet(`package ${packageName} is not installed`);
    },
    apply: context => yum(context, ['install', '-y', packageName], `installing ${packageName}`),
  };
}
