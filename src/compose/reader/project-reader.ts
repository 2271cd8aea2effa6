import type { Fault } from './fault.ts';
import { mergeMappings } from './merge.ts';
import type { ComposeModel, Named, Service } from './model.ts';
import { asMap, asScalar, type Mapping, textAt, valueAt } from './value.ts';

/** What files say besides their services. */
export function readProject(roots: readonly Mapping[]): Omit<ComposeModel, 'services' | 'fromFolder'> {
  return {
    volumes: namedIn(roots, 'volumes'),
    networks: namedIn(roots, 'networks'),
    versions: roots.flatMap(root => {
      const entry = root.entries.get('version');
      if (!entry) return [];
      const { keyPlace: key, value } = entry;
      const { end, endLine, endColumn } = value.place.start === value.place.end ? key : value.place;
      return [{ key, whole: { ...key, end, endLine, endColumn } }];
    }),
    top: roots.length === 0 ? undefined : roots.map(withoutServices).reduce(mergeMappings),
    complete: roots.length > 0 && !roots.some(root => root.entries.has('include')),
  };
}

function withoutServices(root: Mapping): Mapping {
  const entries = new Map(root.entries);
  entries.delete('services');
  return { ...root, entries };
}

function namedIn(roots: readonly Mapping[], section: string): Map<string, Named> {
  const all = new Map<string, Named>();
  for (const root of roots)
    for (const [name, { value }] of asMap(valueAt(root, section))?.entries ?? []) {
      const external = valueAt(value, 'external');
      const isExternal = external?.kind === 'map' || asScalar(external)?.value === true;
      const fixed = textAt(value, 'name');
      const fixedName = fixed?.contentStart === undefined ? all.get(name)?.fixedName : fixed.text;
      all.set(name, {
        name,
        external: isExternal || (all.get(name)?.external ?? false),
        fixedName,
      });
    }
  return all;
}

/** Names of services, volumes and networks that nothing declares: Compose refuses such a project. */
export function undefinedReferences({ services, volumes, networks, complete }: ComposeModel): Fault[] {
  if (!complete) return [];
  const names = new Set(services.map(({ name }) => name));
  return services.flatMap(service => [
    ...undefinedServices(service, names),
    ...service.mounts.flatMap(({ type, source, place }) =>
      type !== 'volume' || source === undefined || source === '' || volumes.has(source)
        ? []
        : [fault(`The volume "${source}" is not declared under "volumes".`, place)],
    ),
    ...service.networks.flatMap(({ name }) =>
      name === 'default' || networks.has(name)
        ? []
        : [fault(`The network "${name}", which "${service.name}" joins, is not declared.`, service.place)],
    ),
  ]);
}

function undefinedServices({ name, dependsOn }: Service, names: ReadonlySet<string>): Fault[] {
  return dependsOn.flatMap(({ service, place }) =>
    names.has(service)
      ? []
      : [fault(`"${name}" depends on "${service}", which is no service of the project.`, place)],
  );
}

const fault = (message: string, place: Fault['place']): Fault => ({
  kind: 'undefined-reference',
  message,
  place,
});
