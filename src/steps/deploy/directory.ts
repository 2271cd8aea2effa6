import { mustRun } from '../../host/must-run.ts';
import { foldersTo, mustRunIn } from '../../host/unusable-path.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** `mkdir docker_exp`: owned by the user, not by root, so that the user can work in it afterwards. */
export function directoryStep(directory: string): Step {
  return {
    name: 'directory',
    title: `Directory ${directory}`,
    guide: '1/4.2',
    needs: ['machine'],
    writes: { paths: [directory] },
    async check({ host }) {
      const { exitCode } = await host.run({
        argv: ['sh', '-c', '[ -d "$1" ] && [ -O "$1" ] && [ -w "$1" ] && [ -x "$1" ]', 'sh', directory],
      });
      return exitCode === 0
        ? satisfied('it is there')
        : notYet(`${directory} is not there, belongs to someone else or is closed`);
    },
    async apply({ host, log }) {
      log.info(`mkdir ${directory}`);
      const script = 'mkdir -p -- "$1" && chown -- "$2:" "$1" && chmod -- u+rwx "$1"';
      const { stdout: user } = await mustRun(host, { argv: ['id', '-un'] });
      const argv = ['sh', '-c', script, 'sh', directory, user.trim()] as const;
      await mustRunIn(host, foldersTo(`${directory}/`), { argv, sudo: true });
    },
  };
}
