import { mustRun } from '../../host/must-run.ts';
import { ENTER, MAKE_AND_ENTER, refuseLink } from '../../host/real-folder.ts';
import { foldersTo, mustRunIn } from '../../host/unusable-path.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** `sh -c CHECK sh HOME DIRECTORY` */
const CHECK = `${ENTER}
enter "$1" "$2" || exit $?
[ -O . ] && [ -w . ] && [ -x . ]`;

/** `sh -c MAKE sh HOME DIRECTORY USER`, as root: what is changed is the folder that was entered, whatever has its name by then. */
const MAKE = `${MAKE_AND_ENTER}
enter "$1" "$2" && chown -- "$3:" . && chmod -- u+rwx .`;

/**
 * `mkdir docker_exp`: owned by the user, not by root, so that the user can work in it afterwards.
 * @param home the user's home folder on the machine, in which the directory lies
 */
export function directoryStep(home: string, directory: string): Step {
  return {
    name: 'directory',
    title: `Directory ${directory}`,
    guide: '1/4.2',
    needs: ['machine'],
    writes: { paths: [directory] },
    async check({ host }) {
      const result = await host.run({ argv: ['sh', '-c', CHECK, 'sh', home, directory], isLook: true });
      refuseLink(result);
      return result.exitCode === 0
        ? satisfied('it is there')
        : notYet(`${directory} is not there, belongs to someone else or is closed`);
    },
    async apply({ host, log }) {
      log.info(`mkdir ${directory}`);
      const { stdout: user } = await mustRun(host, { argv: ['id', '-un'] });
      const argv = ['sh', '-c', MAKE, 'sh', home, directory, user.trim()] as const;
      await mustRunIn(host, foldersTo(`${directory}/`), { argv, sudo: true });
    },
  };
}
