import { type Kind, namesOf } from './removal.ts';

/** The project's networks. */
export const NETWORKS: Kind = {
  name: 'networks',
  title: 'Networks removed',
  needs: ['containers'],
  list: ['docker', 'network', 'ls', '--format', '{{.Name}}'],
  remove: found => [['docker', 'network', 'rm', ...namesOf(found)]],
};
