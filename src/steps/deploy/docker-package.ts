import type { Step, StepName } from '../step.ts';
import { packageStep } from './yum.ts';

/** `yum install -y docker`: Amazon Linux's own package. */
export const dockerPackageStep = (needs: readonly StepName[]): Step =>
  packageStep({
    name: 'docker-package',
    title: 'Docker installed',
    guide: '2/4.2',
    needs,
    packageName: 'docker',
  });
