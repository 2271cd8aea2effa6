import type { ComposeModel, Service } from '../reader/model.ts';
import { asList, asScalar, valueAt } from '../reader/value.ts';

/**
 * True when a name that no service has may still lead somewhere from a service: a machine (a dot, an IP address), a name that an
 * image fills in, a name by `extra_hosts` or `links`, the name that Compose gives a container (PROJECT-SERVICE-1), or a container
 * of another project on a network that is from outside or has a name of its own.
 */
export function mayBeElsewhere(model: ComposeModel, from: Service, host: string): boolean {
  if (!/^[\w-]+$/.test(host) || from.networkMode !== undefined) return true;
  if (from.extraHosts.includes(host) || linkedNames(from).includes(host)) return true;
  if (model.services.some(({ name }) => isContainerOf(name, host))) return true;
  return from.networks.some(({ name }) => {
    const network = model.networks.get(name);
    return network?.external || network?.fixedName !== undefined;
  });
}

/** `links: [SERVICE:NAME]`; https://docs.docker.com/reference/compose-file/services/#links */
const linkedNames = ({ whole }: Service): string[] =>
  ['links', 'external_links'].flatMap(key =>
    (asList(valueAt(whole, key))?.items ?? []).flatMap(item => asScalar(item)?.text.split(':').at(-1) ?? []),
  );

const isContainerOf = (service: string, host: string): boolean =>
  /[-_]\d{1,9}$/.test(host) &&
  [`-${service}-`, `_${service}_`].some(part => host.replace(/(?<!\d)\d+$/, '').endsWith(part));

/** True when several services have a name, so that it depends on the profile or on chance which one answers. */
export const isSharedName = ({ services }: ComposeModel, host: string): boolean =>
  services.filter(
    ({ name, containerName, hostname, networks }) =>
      [name, containerName?.text, hostname?.text].includes(host) ||
      networks.some(({ aliases }) => aliases.includes(host)),
  ).length > 1;

/** False when two containers have no network in common, so that neither finds the other's name; undefined when that is not known. */
export function shareNetwork(model: ComposeModel, a: Service, b: Service): boolean | undefined {
  if (a === b) return true;
  if (a.networkMode !== undefined || b.networkMode !== undefined || !model.complete) return undefined;
  const names = (service: Service) =>
    service.networks.map(({ name }) => model.networks.get(name)?.fixedName ?? name);
  const others = names(b);
  return names(a).some(name => others.includes(name));
}
