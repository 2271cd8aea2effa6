import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';

/** Right after the first boot cloud-init or an SSM patch run may hold the lock for some minutes. */
const LOCK_PATIENCE_MS = 300_000;
const LOCK_PAUSE_MS = 5_000;

/**
 * Runs yum as root; while another process holds rpm's lock, waits and tries again.
 * @throws ActionError `package-manager-busy` or `package-manager-failed`, with yum's last lines
 */
export async function yum(
  { host, log, clock, signal }: Context,
  args: readonly string[],
  purpose: string,
): Promise<void> {
  const started = clock.now();
  for (;;) {
    log.info(`yum ${args.join(' ')}`);
    const result = await host.run({
      argv: ['yum', ...args],
      sudo: true,
      onLine: line => log.info(`  ${line}`),
    });
    if (result.exitCode === 0) return;
    const output = `${result.stdout}\n${result.stderr}`;
    const isLocked = /can't create transaction lock|waiting for process with pid|rpmdb: .*lock/i.test(output);
    const waitedMs = clock.now() - started;
    if (!isLocked || waitedMs > LOCK_PATIENCE_MS) {
      const code = isLocked ? 'package-manager-busy' : 'package-manager-failed';
      throw new ActionError(code, `${purpose} failed: yum ended with exit code ${result.exitCode}`, {
        details: lastLines(output),
      });
    }
    log.info("another process holds rpm's lock; trying again in 5 s");
    await clock.sleep(LOCK_PAUSE_MS, signal);
  }
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
