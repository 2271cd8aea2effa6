import { type Kind, namesOf } from './removal.ts';

/** The project's volumes, and so its data. */
export const VOLUMES: Kind = {
  name: 'volumes',
  title: 'Volumes removed',
  needs: ['containers'],
  list: ['docker', 'volume', 'ls', '--format', '{{.Name}}'],
  remove: found => [['docker', 'volume', 'rm', '--force', ...namesOf(found)]],
};
