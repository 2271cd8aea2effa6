import { mustRun } from '../../host/must-run.ts';
import type { DeploymentRecord } from '../../machine/deployment-records.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** Folders that held only these files go with them. */
const REMOVE = `
directory=$1
shift
cd -- "$directory" 2>/dev/null || exit 0
rm -rf -- "$@"
for file; do
  case $file in */*) rmdir -p --ignore-fail-on-non-empty -- "$(dirname -- "$file")" 2>/dev/null ;; esac
done
cd / && rmdir -- "$directory" 2>/dev/null
:`;

/** Removes the files that the deployment put there. The files of others stay, and the directory with them. */
export function directoryRemovalStep({ directory, files }: DeploymentRecord): Step {
  return {
    name: 'directory',
    title: `Directory ${directory} removed`,
    needs: ['containers'],
    async check({ host }) {
      const script = 'cd -- "$1" 2>/dev/null || exit 0; shift; ls -d -- "$@" 2>/dev/null; :';
      const found = await mustRun(host, { argv: ['sh', '-c', script, 'sh', directory, ...files] });
      const names = found.stdout.split('\n').filter(line => line !== '');
      if (names.length > 0) return notYet(`there: ${names.join(', ')}`);
      const others = await host.run({ argv: ['ls', '-A', '--', directory] });
      if (others.exitCode !== 0) return satisfied('it is not there');
      const kept = others.stdout.split('\n').filter(line => line !== '');
      return satisfied(`it stays, for what no deployment put there: ${kept.join(', ') || 'nothing'}`);
    },
    async apply({ host, log }) {
      log.info(`remove from ${directory}: ${files.join(', ')}`);
      // root removes them: a root shell may have left files in the virtual environment.
      await mustRun(host, { argv: ['sh', '-c', REMOVE, 'sh', directory, ...files], sudo: true });
    },
  };
}
