import { ActionError, lastLines } from '../../errors.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { yum } from './yum.ts';

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
      // yum holds some updates back for a reason (excluded, broken dependencies), and says so.
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
