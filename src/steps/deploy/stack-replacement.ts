import type { Stack } from '../../compose/deployment/stack.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { anonymousVolumesOf } from '../../machine/anonymous-volumes.ts';
import type { ComposeProject, Container } from '../../machine/compose-project.ts';
import { labelField, withLabel } from '../../machine/docker-labels.ts';

/**
 * Says, before it happens, what `docker-compose down` removes and what it leaves when the compose file has changed.
 *
 * @param containers all of the project: `down` also removes those that have not changed
 * @returns sentences, the worst first
 */
export async function describeReplacement(
  host: Host,
  project: ComposeProject,
  stack: Stack,
  containers: readonly Container[],
): Promise<string[]> {
  const names = containers.map(({ name }) => name);
  const [volumes, kept] = await Promise.all([anonymousVolumesOf(host, names), namedVolumes(host, project)]);
  const unused = kept.filter(volume => !stack.volumes.includes(volume));
  const used = kept.filter(volume => stack.volumes.includes(volume));
  return [
    ...volumes
      .filter(({ hasData }) => hasData)
      .map(
        ({ container, path }) =>
          `lost to the new containers: ${path} of ${container} is in a volume without a name, which stays but which no container finds again`,
      ),
    `removed: the containers, their logs and what they wrote outside of volumes (${containers.map(({ service }) => service).join(', ')})`,
    ...(unused.length > 0
      ? [
          `kept but not used by the new file: volumes ${unused.join(', ')}; what they hold is not seen until a file that uses them is deployed again`,
        ]
      : []),
    ...(used.length > 0
      ? [`kept and used by the new file, with what they hold: volumes ${used.join(', ')}`]
      : []),
  ];
}

/** The project's volumes that are on the machine, by their names in the compose file. */
async function namedVolumes(host: Host, { name }: ComposeProject): Promise<string[]> {
  const { stdout } = await mustRun(host, {
    argv: ['docker', 'volume', 'ls', ...withLabel('project', name), '--format', labelField('volume')],
    sudo: true,
  });
  return stdout.split('\n').filter(line => line !== '');
}
