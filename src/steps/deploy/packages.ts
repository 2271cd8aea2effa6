import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { mustRun } from '../../host/must-run.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** Right after the first boot cloud-init or an SSM patch run may hold the lock for some minutes. */
const LOCK_PATIENCE_MS = 300_000;
const LOCK_PAUSE_MS = 5_000;

/**
 * Runs yum as root; while another process holds rpm's lock, waits and tries again.
 * @throws ActionError `package-manager-busy` or `package-manager-failed`, with yum's last lines
 */
async function yum(
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

/** `yum update -y`. */
export function systemUpdateStep(): Step {
  let updated = false;
  return {
    name: 'system-update',
    title: 'System packages up to date',
    guide: '2/4.1',
    needs: ['machine'],
    async check({ host }) {
      const command = { argv: ['yum', '-q', 'check-update'], sudo: true } as const;
      const result = await host.run(command);
      // yum(8), check-update: 100 when there are updates, 0 when there are none.
      if (result.exitCode === 0) return satisfied('nothing to update');
      if (result.exitCode !== 100) {
        throw new ActionError(
          'package-manager-failed',
          `the package repository cannot be read: yum ended with exit code ${result.exitCode}`,
          {
            details: lastLines(`${result.stdout}\n${result.stderr}`),
          },
        );
      }
      const count = result.stdout.split('\n').filter(line => /^\S+\s+\S+\s+\S+/.test(line)).length;
      // What an update leaves behind it has held back for a reason (excluded, broken dependencies), and said so.
      return updated
        ? satisfied(`updated, ${count} held back by yum`)
        : notYet(`packages to update: ${count}`);
    },
    async apply(context) {
      await yum(context, ['update', '-y'], 'updating the system');
      updated = true;
    },
  };
}

interface PackageStepOptions {
  readonly name: string;
  readonly title: string;
  readonly guide: string;
  readonly needs: readonly string[];
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

/** `systemctl start docker`, and enabled, so that the cluster is there again after a reboot; then `docker ps`. */
export function dockerServiceStep(): Step {
  return {
    name: 'docker-service',
    title: 'Docker started, enabled and answering',
    guide: '2/4.3-4',
    needs: ['docker-package'],
    async check({ host }) {
      const active = await host.run({ argv: ['systemctl', 'is-active', 'docker'] });
      const enabled = await host.run({ argv: ['systemctl', 'is-enabled', 'docker'] });
      if (active.exitCode !== 0) return notYet(`the service is ${active.stdout.trim() || 'not there'}`);
      if (enabled.exitCode !== 0) return notYet('the service would not start at the next boot');
      const answer = await host.run({ argv: ['docker', 'ps'], sudo: true });
      if (answer.exitCode !== 0) return notYet('docker ps does not answer');
      const version = await host.run({
        argv: ['docker', 'version', '--format', '{{.Server.Version}}'],
        sudo: true,
      });
      const engine = version.stdout.trim();
      return satisfied(`Docker Engine ${engine}`, { 'Docker Engine': engine });
    },
    async apply({ host, log }) {
      log.info('systemctl enable --now docker');
      const result = await host.run({ argv: ['systemctl', 'enable', '--now', 'docker'], sudo: true });
      const answer = await host.run({ argv: ['docker', 'ps'], sudo: true });
      if (result.exitCode === 0 && answer.exitCode === 0) return;
      const journal = await mustRun(host, {
        argv: ['journalctl', '-u', 'docker', '--no-pager', '-n', '30'],
        sudo: true,
      });
      throw new ActionError('docker-not-running', 'the Docker service does not start', {
        details: [
          ...lastLines(result.stderr, 5),
          ...lastLines(answer.stderr, 5),
          ...lastLines(journal.stdout, 30),
        ],
      });
    },
  };
}
