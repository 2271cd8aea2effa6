import type { Deployment } from '../../compose/deployment/deployment.ts';
import { REGISTRY_FILE, REGISTRY_FILE_HEAD } from '../../compose/deployment/image-registry.ts';
import { findTextFile } from '../../host/files.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { ENTER, GONE, LINK, refuseLink } from '../../host/real-folder.ts';
import { notYet, type Step } from '../step.ts';
import { textFilesStep } from './text-files.ts';

/** `sh -c REMOVE sh HOME DIRECTORY FILE` */
const REMOVE = `${ENTER}
enter "$1" "$2" && rm -f -- "./$3"`;

/**
 * The compose files, and those that they name, in the project's directory. The file of an earlier run that took its images from
 * another registry goes.
 * @param home the user's home folder on the machine, in which the directory lies
 */
export function composeFileStep(home: string, directory: string, deployment: Deployment): Step {
  const { composeFiles, files } = deployment;
  const step = textFilesStep({
    name: 'compose-file',
    title: composeFiles.join(', '),
    guide: '1/4.3, 4/4.0',
    needs: ['directory', 'deployment-record'],
    files: new Map([...files].map(([path, text]) => [`${directory}/${path}`, text])),
  });
  const leftOver = (host: Host) => !files.has(REGISTRY_FILE) && hasRegistryFile(host, directory);
  return {
    ...step,
    async check(context) {
      const [result, isLeft] = await Promise.all([step.check(context), leftOver(context.host)]);
      return result.satisfied && isLeft
        ? notYet(`${REGISTRY_FILE} is left of a run with image-registry`)
        : result;
    },
    async foresee(context) {
      const changes = (await step.foresee?.(context)) ?? [];
      const registry = files.get(REGISTRY_FILE);
      const isNew = changes.some(line => line.startsWith(`${directory}/${REGISTRY_FILE} `));
      return [
        ...changes,
        ...(registry !== undefined && isNew ? imagesIn(deployment) : []),
        ...((await leftOver(context.host))
          ? [`${directory}/${REGISTRY_FILE} would be removed: images come from where the compose file says`]
          : []),
      ];
    },
    async apply(context) {
      await step.apply?.(context);
      const { host, log } = context;
      if (!(await leftOver(host))) return;
      log.info(`rm ${directory}/${REGISTRY_FILE}`);
      const argv = ['sh', '-c', REMOVE, 'sh', home, directory, REGISTRY_FILE] as const;
      refuseLink(await mustRun(host, { argv }, [GONE, LINK]));
    },
  };
}

async function hasRegistryFile(host: Host, directory: string): Promise<boolean> {
  const { text = '' } = await findTextFile(host, `${directory}/${REGISTRY_FILE}`);
  return text.startsWith(REGISTRY_FILE_HEAD);
}

const imagesIn = ({ stack }: Deployment) =>
  [...stack.serviceImages].map(([service, image]) => `${service}: image ${image}`);
