import { columns, labelField } from '../../machine/docker-labels.ts';
import { type Found, type Kind, namesOf } from './removal.ts';

/** The project's containers, running or not. */
export const CONTAINERS: Kind = {
  name: 'containers',
  title: 'Containers removed',
  needs: [],
  list: [
    'docker',
    'ps',
    '--all',
    '--format',
    columns(
      '{{.Names}}',
      labelField('service'),
      labelField('depends_on'),
      labelField('project.config_files'),
    ),
  ],
  remove: (found, withData) =>
    withData
      ? [['docker', 'rm', '--force', '--volumes', ...namesOf(found)]]
      : [
          ...stopOrder(found).map((layer): [string, ...string[]] => [
            ...(['docker', 'stop', '--time', '30'] as const),
            ...namesOf(layer),
          ]),
          ['docker', 'rm', '--force', ...namesOf(found)],
        ],
};

/**
 * Containers get time to put their data in order when it stays. A container that others need is stopped after them, as
 * Compose does: a broker without its ZooKeeper does not stop.
 */
function stopOrder(found: readonly Found[]): Found[][] {
  const layers: Found[][] = [];
  let rest = [...found];
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap(({ needs }) => needs));
    const free = rest.filter(({ service }) => !needed.has(service));
    const layer = free.length > 0 ? free : rest;
    layers.push(layer);
    rest = rest.filter(each => !layer.includes(each));
  }
  return layers;
}
