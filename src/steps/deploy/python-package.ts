import type { Step, StepName } from '../step.ts';
import { packageStep } from './yum.ts';

/** `yum install -y python3`. Where it is there already, its environment is made while Docker is installed. */
export const pythonPackageStep = (needs: readonly StepName[]): Step => ({
  ...packageStep({
    name: 'python-package',
    title: 'Python installed',
    guide: '4/4.2',
    needs,
    packageName: 'python3',
  }),
  // yum holds a lock: one installation at a time.
  needsToApply: ['docker-package'],
});
