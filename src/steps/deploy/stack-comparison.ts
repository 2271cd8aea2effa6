import type { Host } from '../../host/host.ts';
import {
  type ComposeProject,
  type Container,
  isRunning,
  listContainers,
  wantedHashes,
} from '../../machine/compose-project.ts';

/** What a project's containers are, against what its files say. */
export interface Comparison {
  /** Those of others are not among them. */
  readonly containers: readonly Container[];
  /** Containers made from another configuration, or of a service that is no more. */
  readonly outdated: readonly Container[];
  /** Of those the ones whose service is no more. */
  readonly orphans: readonly Container[];
  /** Of the same project, but of somebody else's compose file and of services that this one does not have. */
  readonly foreign: readonly Container[];
  /** Why the project is not as the file says, one sentence for each difference. */
  readonly differences: readonly string[];
}

/** Compares the containers on a machine with the compose files that are there. */
export async function compare(host: Host, project: ComposeProject): Promise<Comparison> {
  const [wanted, all] = await Promise.all([wantedHashes(host, project), listContainers(host, project)]);
  const own = new Set(project.composeFiles.map(file => `${project.directory}/${file}`));
  const isForeign = ({ service, composeFiles = [] }: Container) =>
    !wanted.has(service) && composeFiles.length > 0 && !composeFiles.some(file => own.has(file));
  const foreign = all.filter(isForeign);
  const containers = all.filter(container => !isForeign(container));
  const outdated = containers.filter(({ service, configHash }) => wanted.get(service) !== configHash);
  const services = new Set(containers.map(({ service }) => service));
  const missing = [...wanted.keys()].filter(service => !services.has(service));
  const down = containers.filter(container => !outdated.includes(container) && !isRunning(container));
  return {
    containers,
    outdated,
    orphans: outdated.filter(({ service }) => !wanted.has(service)),
    foreign,
    differences: [
      ...outdated.map(({ service }) => `${service} was made from another configuration`),
      ...missing.map(service => `${service} is not there`),
      ...down.map(({ service, status }) => `${service} is not up (${status})`),
    ],
  };
}
