import type { Stack } from '../../compose/deployment/stack.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
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
  const [unnamed, kept] = await Promise.all([dataWithoutName(host, containers), namedVolumes(host, project)]);
  const unused = kept.filter(volume => !stack.volumes.includes(volume));
  const used = kept.filter(volume => stack.volumes.includes(volume));
  return [
    ...unnamed.map(
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

/**
 * Data in volumes that Docker named itself, because the image asks for one and the compose file names none: the next
 * container gets a new one. Empty ones do not count; each of Confluent's images has one for secrets.
 */
async function dataWithoutName(
  host: Host,
  containers: readonly Container[],
): Promise<{ container: string; path: string }[]> {
  const row = '{{printf "%s\\t%s\\t%s\\t%s\\n" $.Name .Name .Destination .Source}}';
  const format = `{{range .Mounts}}{{if eq .Type "volume"}}${row}{{end}}{{end}}`;
  const names = containers.map(({ name }) => name);
  const { stdout } = await mustRun(host, {
    argv: ['docker', 'inspect', '--format', format, ...names],
    sudo: true,
  });
  const volumes = stdout.split('\n').flatMap(line => {
    const [container = '', volume = '', path = '', source = ''] = line.split('\t');
    return /^[0-9a-f]{64}$/.test(volume) ? [{ container: container.replace('/', ''), path, source }] : [];
  });
  if (volumes.length === 0) return [];
  // find prints the folder once for each entry. It fails when a folder has just gone, which does not matter.
  const sources = volumes.map(({ source }) => source);
  const found = await host.run({
    argv: ['find', ...sources, '-mindepth', '1', '-maxdepth', '1', '-printf', '%h\\n'],
    sudo: true,
  });
  const filled = new Set(found.stdout.split('\n'));
  return volumes.filter(({ source }) => filled.has(source));
}
