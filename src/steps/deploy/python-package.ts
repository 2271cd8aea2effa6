import type { Step } from '../step.ts';
import { packageStep } from './yum.ts';

/** `yum install -y python3`. */
export const pythonPackageStep = (): Step =>
  packageStep({
    name: 'python-package',
    title: 'Python installed',
    guide: '4/4.2',
    // yum holds a lock: one installation at a time.
    needs: ['docker-package'],
    packageName: 'python3',
  });
