import { notYet, type Step, satisfied } from '../step.ts';
import { PACKAGE_PLACES, yum } from './yum.ts';

/** `yum update -y`. */
export function systemUpdateStep(): Step {
  let updated = false;
  return {
    name: 'system-update',
    title: 'System packages up to date',
    guide: '2/4.1',
    needs: ['machine'],
    writes: PACKAGE_PLACES,
    async check(context) {
      // yum(8), check-update: 100 when there are updates, 0 when there are none.
      const options = { purpose: 'looking for updates', answers: [0, 100], isQuiet: true };
      const { exitCode, stdout } = await yum(context, ['check-update'], options);
      if (exitCode === 0) return satisfied('nothing to update');
      const count = stdout.split('\n').filter(line => /^\S+\.\w+\s+\S+\s+\S+\s*$/.test(line)).length;
      // yum holds some updates back for a reason (excluded, broken dependencies), and says so.
      return updated
        ? satisfied(`updated, ${count} held back by yum`)
        : notYet(`packages to update: ${count}`);
    },
    async apply(context) {
      await yum(context, ['update', '-y'], { purpose: 'updating the system' });
      updated = true;
    },
  };
}
