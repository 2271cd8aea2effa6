import { mustRun } from '../../host/must-run.ts';
import { ENTER, GONE, LINK, refuseLink } from '../../host/real-folder.ts';
import type { DeploymentRecord } from '../../machine/parse-record.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** `sh -c LIST sh HOME DIRECTORY FILE…`: prints those of the files that are there. */
const LIST = `${ENTER}
enter "$1" "$2" || exit $?
shift 2
ls -d -- "$@" 2>/dev/null
:`;

/**
 * `sh -c REMOVE sh HOME DIRECTORY FILE…`: each file is removed from within the folder that holds it, which was entered through no
 * link; folders that held only these files go with them. It goes on after a file that cannot be removed.
 */
const REMOVE = `${ENTER}
enter "$1" "$2" || exit $?
here=$(pwd -P) home=$1 directory=$2 code=0
shift 2
within() {
  case $1 in */*) enter "$here" "$here/\${1%/*}" || return ;; esac
  "$2" "$1"
}
remove() { rm -rf --one-file-system -- "./\${1##*/}"; }
tidy() { rmdir -- "./\${1##*/}" 2>/dev/null; }
for file; do
  (within "$file" remove)
  case $? in 0 | ${GONE}) ;; ${LINK}) exit ${LINK} ;; *) code=1 ;; esac
done
for file; do
  while case $file in */*) ;; *) false ;; esac; do
    file=\${file%/*}
    (within "$file" tidy) || break
  done
done
enter "$home" "\${directory%/*}" && rmdir -- "./\${directory##*/}" 2>/dev/null
exit $code`;

/**
 * Removes the files that the deployment put there. The files of others stay, and the directory with them.
 * @param home the user's home folder on the machine, in which the directory lies
 */
export function directoryRemovalStep(home: string, { directory, files }: DeploymentRecord): Step {
  return {
    name: 'directory',
    title: `Directory ${directory} removed`,
    needs: ['containers'],
    async check({ host }) {
      const argv = ['sh', '-c', LIST, 'sh', home, directory, ...files] as const;
      const found = await mustRun(host, { argv }, [GONE, LINK]);
      refuseLink(found);
      const names = found.stdout.split('\n').filter(line => line !== '');
      if (names.length > 0) return notYet(`there: ${names.join(', ')}`);
      const others = await host.run({ argv: ['ls', '-A', '--', directory] });
      if (others.exitCode !== 0) return satisfied('it is not there');
      const kept = others.stdout.split('\n').filter(line => line !== '');
      return satisfied(`it stays, for what no deployment put there: ${kept.join(', ') || 'nothing'}`);
    },
    async apply({ host, log }) {
      log.info(`remove from ${directory}: ${files.join(', ')}`);
      const argv = ['sh', '-c', REMOVE, 'sh', home, directory, ...files] as const;
      const removed = await host.run({ argv });
      refuseLink(removed);
      // A root shell may have left files in the virtual environment: what the user cannot remove, root does.
      if (removed.exitCode !== 0) refuseLink(await mustRun(host, { argv, sudo: true }, [GONE, LINK]));
    },
  };
}
