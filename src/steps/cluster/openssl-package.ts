import { packageStep } from '../deploy/yum.ts';
import type { Step, StepName } from '../step.ts';

/** `yum install -y openssl`, unless the program is there already. @param needs a step that uses yum as well, if there is one: it holds a lock */
export const opensslPackageStep = (needs: readonly StepName[]): Step =>
  packageStep({
    name: 'openssl-package',
    title: 'OpenSSL installed',
    needs,
    packageName: 'openssl',
    async orElse(host) {
      const { exitCode, stdout } = await host.run({ argv: ['openssl', 'version'] });
      return exitCode === 0 ? stdout.trim() : undefined;
    },
  });
