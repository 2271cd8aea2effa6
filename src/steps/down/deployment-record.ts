import { ENTER, GONE } from '../../host/real-folder.ts';
import { foldersTo, mustRunIn } from '../../host/unusable-path.ts';
import { recordPath } from '../../machine/deployment-records.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';

/** `sh -c REMOVE sh HOME PATH` */
const REMOVE = `${ENTER}
enter "$1" "\${2%/*}" && rm -f -- "./\${2##*/}"`;

/** Takes the note away again, once nothing of the deployment is left. */
export function recordRemovalStep(home: string, project: string, needs: readonly StepName[]): Step {
  const path = recordPath(home, project);
  return {
    name: 'deployment-record',
    title: 'Deployment no longer noted on the machine',
    needs,
    async check({ host }) {
      const { exitCode } = await host.run({ argv: ['test', '-e', path, '-o', '-L', path] });
      return exitCode === 0 ? notYet(`${path} is there`) : satisfied('it is not there');
    },
    async apply({ host, log }) {
      log.info(`rm ${path}`);
      const places = [...foldersTo(path), { path, use: 'replace' } as const];
      await mustRunIn(host, places, { argv: ['sh', '-c', REMOVE, 'sh', home, path] }, [GONE]);
    },
  };
}
