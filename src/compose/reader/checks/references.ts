import type { Fault } from '../fault.ts';
import type { ComposeModel, Service } from '../model.ts';
import type { Place } from '../place.ts';
import { asList, asMap, asScalar, type Text, textAt, textOf, type Value, valueAt } from '../value.ts';
import { type Need, needsOf } from './dependencies.ts';
import { isActive } from './profiles.ts';
import { cause, isKnown, orSet } from './unset.ts';

/**
 * Names of services, volumes, networks, secrets and configs that nothing declares, each at its own place: Compose refuses such
 * a project. Nothing is said where part of the project was not read.
 * Source: checkConsistency in compose-go's `loader/validate.go`.
 * @param profiles that are switched on
 */
export function undefinedReferences(model: ComposeModel, profiles: readonly string[]): Fault[] {
  if (!model.complete) return [];
  const { services, volumes, networks, top } = model;
  const byName = new Map(services.map(service => [service.name, service]));
  const declared = (section: string) => new Set(asMap(valueAt(top, section))?.entries.keys());
  const [secrets, configs, models] = ['secrets', 'configs', 'models'].map(declared);
  return services.flatMap(service => {
    const { whole } = service;
    return [
      ...needsOf(service).flatMap(need => unmetNeed(service, need, byName, profiles)),
      ...undefinedVolumes(service, volumes),
      ...undefinedNetworks(service, networks),
      ...undeclared(sourcesOf(valueAt(whole, 'secrets')), 'secret', secrets),
      ...undeclared(sourcesOf(valueAt(valueAt(whole, 'build'), 'secrets')), 'secret', secrets),
      ...undeclared(sourcesOf(valueAt(whole, 'configs')), 'config', configs),
      ...undeclared(sourcesOf(valueAt(whole, 'models')), 'model', models),
    ];
  });
}

function unmetNeed(
  service: Service,
  need: Need,
  services: ReadonlyMap<string, Service>,
  profiles: readonly string[],
): Fault[] {
  if (!isKnown(need)) return [];
  const says = `"${service.name}" ${need.verb} "${need.service}"`;
  const needed = services.get(need.service);
  if (!needed)
    return [
      undefinedName(
        `${says}, which is no service of the project${cause(need)}.`,
        need,
        'Correct the name, or declare the service.',
      ),
    ];
  if (!need.required || isActive(needed, profiles) || !isActive(service, profiles)) return [];
  const theirs = needed.profiles.join(', ');
  const message = `${says}, which runs only with the profile ${theirs}: without that Compose refuses the project, for "${service.name}" always runs.`;
  const hint =
    need.verb === 'depends on'
      ? `Give "${service.name}" the profile, too, or say "required: false" under depends_on.`
      : `Give "${service.name}" the profile, too.`;
  return [undefinedName(message, need, hint)];
}

function undefinedVolumes({ mounts }: Service, volumes: ComposeModel['volumes']): Fault[] {
  return mounts.flatMap(({ type, source, place, unresolved = [] }) => {
    if (type !== 'volume' || source === undefined || source === '' || volumes.has(source)) return [];
    if (!isKnown({ unresolved })) return [];
    const message = `The volume "${source}" is not declared under "volumes"${cause({ unresolved })}.`;
    const hint = `Declare "${source}" under "volumes" at the top of the file; a folder begins with ./ or /.`;
    return [undefinedName(message, { place, unresolved }, hint)];
  });
}

function undefinedNetworks({ name, networks, whole }: Service, declared: ComposeModel['networks']): Fault[] {
  const entries = asMap(valueAt(whole, 'networks'))?.entries;
  return networks.flatMap(({ name: network }) => {
    const entry = entries?.get(network);
    if (!entry || network === 'default' || declared.has(network)) return [];
    const unresolved = entry.item?.unresolved ?? [];
    if (!isKnown({ unresolved })) return [];
    const message = `The network "${network}", which "${name}" joins, is not declared${cause({ unresolved })}.`;
    const hint = `Declare "${network}" under "networks" at the top of the file.`;
    return [undefinedName(message, { place: entry.keyPlace, unresolved }, hint)];
  });
}

function undeclared(
  names: readonly Text[],
  what: string,
  declared: ReadonlySet<string> | undefined,
): Fault[] {
  return names.flatMap(name => {
    if (declared?.has(name.text) || !isKnown(name)) return [];
    const message = `The ${what} "${name.text}" is not declared under "${what}s"${cause(name)}.`;
    const hint = `Declare "${name.text}" under "${what}s" at the top of the file.`;
    return [undefinedName(message, name, hint)];
  });
}

/** Names in a list, or `source` of its mappings; or the keys of a mapping. */
function sourcesOf(value: Value | undefined): Text[] {
  const keys = asMap(value)?.entries.values() ?? [];
  const items = asList(value)?.items ?? [];
  return [
    ...[...keys].map(({ key, keyPlace }) => ({ text: key, place: keyPlace, unresolved: [] })),
    ...items.flatMap(item => {
      const scalar = asScalar(item);
      const name = scalar && scalar.value !== null ? textOf(scalar) : textAt(item, 'source');
      return name ? [name] : [];
    }),
  ];
}

const undefinedName = (
  message: string,
  text: { readonly place: Place; readonly unresolved: readonly string[] },
  hint: string,
): Fault => ({ kind: 'undefined-reference', message, place: text.place, hint: orSet(text, hint) });
