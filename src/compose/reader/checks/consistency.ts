import { normalize } from 'node:path/posix';
import type { Fault } from '../fault.ts';
import { readBytes } from '../memory.ts';
import type { ComposeModel, Service } from '../model.ts';
import { parseMount } from '../mount-spec.ts';
import { isKeyOfService } from '../schema.ts';
import { asList, asMap, asScalar, type Entry, type Text, textAt, type Value, valueAt } from '../value.ts';
import { textsIn } from './dependencies.ts';
import { belongTogether } from './profiles.ts';
import { cause, isKnown, orSet, refused, shown } from './unset.ts';

/**
 * What Compose refuses although every value is of the right form: settings that are missing or exclude each other.
 * Sources: checkConsistency in compose-go's `loader/validate.go`, and its `validation` package.
 */
export function consistencyFaults(model: ComposeModel): Fault[] {
  return [
    ...model.services.flatMap(service => [
      ...(model.complete ? withoutImage(service) : []),
      ...networkModeAndNetworks(service),
      ...nameOfSeveral(service),
      ...healthTest(service),
      ...hostsWithoutAddress(service),
      ...twoLimits(service),
      ...mountedTwice(service),
    ]),
    ...sameContainerName(model.services),
    ...resourceFaults(model),
  ];
}

function withoutImage({ name, place, whole, image, isPartial }: Service): Fault[] {
  if (isPartial || ['build', 'provider'].some(key => whole.entries.has(key))) return [];
  if (image === undefined && whole.entries.has('image')) return [];
  // What stands in it is refused already.
  if (whole.entries.size > 0 && isKeyOfService(name, whole)) return [];
  if (image && (image.text !== '' || !isKnown(image))) return [];
  const message = `The service "${name}" has neither an image nor a build context${image ? cause(image) : ''}: Compose refuses it.`;
  return [
    refused(
      message,
      { place: image?.place ?? place },
      orSet(image ?? { unresolved: [] }, 'Give it an "image" or a "build".'),
    ),
  ];
}

function networkModeAndNetworks({ name, whole }: Service): Fault[] {
  const mode = textAt(whole, 'network_mode');
  const networks = asMap(valueAt(whole, 'networks'));
  if (!mode || mode.text === '' || !isKnown(mode) || !networks || networks.entries.size === 0) return [];
  const message = `"${name}" has both network_mode and networks: Compose refuses it, for one excludes the other.`;
  return [refused(message, mode, 'Take one of them out.')];
}

/** A container's name is one; several containers of a service cannot share it. */
function nameOfSeveral({ name, whole, containerName }: Service): Fault[] {
  const scale = textAt(whole, 'scale');
  const replicas = textAt(valueAt(whole, 'deploy'), 'replicas');
  const [own, deployed] = [numberIn(scale), numberIn(replicas)];
  const faults: Fault[] = [];
  if (scale && own !== undefined && deployed !== undefined && own !== deployed)
    faults.push(
      refused(
        `"${name}" has ${own} for scale and ${deployed} for deploy.replicas: Compose refuses it.`,
        scale,
        'Keep one of them.',
      ),
    );
  for (const text of [scale, replicas])
    if (text && (numberIn(text) ?? 0) < 0)
      faults.push(refused(`"${name}" cannot run ${text.text} times.`, text, 'Write 0 or more.'));
  const count = own ?? deployed ?? 1;
  if (containerName && containerName.text !== '' && isKnown(containerName) && count > 1)
    faults.push(
      refused(
        `"${name}" runs ${count} times, and its containers cannot all have the name ${shown(containerName.text)}: Compose refuses it.`,
        containerName,
        'Take container_name out.',
      ),
    );
  return faults;
}

const numberIn = (text: Text | undefined) =>
  text && text.unresolved.length === 0 && /^[+-]?\d{1,9}$/.test(text.text) ? Number(text.text) : undefined;

function healthTest({ whole }: Service): Fault[] {
  const test = asList(valueAt(valueAt(whole, 'healthcheck'), 'test'));
  const first = asScalar(test?.items[0]);
  if (!first || first.value === null || !isKnown(first)) return [];
  if (['CMD', 'CMD-SHELL', 'NONE'].includes(first.text)) return [];
  const message = `A list for healthcheck.test begins with CMD, CMD-SHELL or NONE, not with ${shown(first.text)}: Compose refuses it.`;
  return [
    refused(message, first, 'Put CMD before the words of a command, or write the command as one text.'),
  ];
}

/** `NAME=ADDRESS` or `NAME:ADDRESS`. Source: compose-go's `types/hostList.go`. */
const hostsWithoutAddress = ({ whole }: Service): Fault[] =>
  (asList(valueAt(whole, 'extra_hosts')) ? textsIn(valueAt(whole, 'extra_hosts')) : [])
    .filter(host => isKnown(host) && !/[=:]/.test(host.text))
    .map(host =>
      refused(
        `${shown(host.text)} has a name and no address${cause(host)}: Compose refuses it.`,
        host,
        orSet(host, 'Write NAME:ADDRESS, such as "host.docker.internal:host-gateway".'),
      ),
    );

/** A limit of the service and the one under `deploy.resources` that must say the same. */
const LIMITS: readonly (readonly [own: string, part: string, key: string])[] = [
  ['mem_limit', 'limits', 'memory'],
  ['mem_reservation', 'reservations', 'memory'],
  ['cpus', 'limits', 'cpus'],
  ['pids_limit', 'limits', 'pids'],
];

/** Where there are limits under `deploy`, one that is missing counts as none, and none is another one. */
function twoLimits({ name, whole }: Service): Fault[] {
  const resources = valueAt(valueAt(whole, 'deploy'), 'resources');
  return LIMITS.flatMap(([own, part, key]) => {
    const limit = textAt(whole, own);
    const others = asMap(valueAt(resources, part));
    if (!limit || !others || limit.unresolved.length > 0 || Number(limit.text) === 0) return [];
    const other = textAt(others, key);
    if (other && !differ(limit, other)) return [];
    const found = other ? ` ${shown(other.text)} for ${key}` : `out ${key}`;
    const message = `"${name}" has ${own}, and deploy.resources.${part} with${found}: Compose refuses it, for the two differ.`;
    return [refused(message, limit, `Say it once, as deploy.resources.${part}.${key}.`)];
  });
}

/** True for two texts that certainly do not say the same. */
function differ(a: Text, b: Text): boolean {
  const [one, two] = [readBytes(a.text), readBytes(b.text)];
  return b.unresolved.length === 0 && one !== undefined && two !== undefined && readPlain(a) !== readPlain(b);
}

/** A size in bytes; a number as it is, for processors come in fractions. */
const readPlain = ({ text }: Text) => (/^[\d.]+$/.test(text) ? Number(text) : readBytes(text));

/** Of equal texts Compose takes one. Source: compose-go's `override/uncity.go`. */
function mountedTwice({ whole }: Service): Fault[] {
  const paths = new Set<string>();
  const faults: Fault[] = [];
  const tell = (text: Pick<Text, 'place' | 'unresolved'>, path: string, where: string) => {
    if (text.unresolved.length > 0) return;
    const message = `${shown(path)} is ${where}: Compose refuses two mounts at one path.`;
    faults.push(refused(message, text, 'Take one of them out.'));
  };
  for (const tmpfs of new Map(textsIn(valueAt(whole, 'tmpfs')).map(text => [text.text, text])).values()) {
    const [path = ''] = tmpfs.text.split(':');
    if (paths.has(path)) tell(tmpfs, path, 'under tmpfs twice');
    paths.add(path);
  }
  for (const item of asList(valueAt(whole, 'volumes'))?.items ?? []) {
    const short = asScalar(item);
    const target = short ? parseMount(short.text).target : textAt(item, 'target')?.text;
    const { place } = item;
    if (target !== undefined && paths.has(clean(target)))
      tell({ place, unresolved: short?.unresolved ?? [] }, target, 'under tmpfs as well');
  }
  return faults;
}

const clean = (path: string) => normalize(path).replace(/(.)\/$/, '$1');

function sameContainerName(services: readonly Service[]): Fault[] {
  const first = new Map<string, Service>();
  return services.flatMap(service => {
    const { containerName: name } = service;
    if (!name || name.unresolved.length > 0) return [];
    const other = first.get(name.text);
    if (!other) first.set(name.text, service);
    if (!other || !belongTogether(other, service)) return [];
    const message = `The container of "${service.name}" is called ${shown(name.text)}, as that of "${other.name}" is: Compose refuses the project.`;
    return [{ kind: 'container-name-twice', message, place: name.place }];
  });
}

/** Sections whose entries say where their content comes from, and the keys of which there is one. */
const SOURCES: readonly (readonly [section: string, keys: readonly string[]])[] = [
  ['secrets', ['file', 'environment']],
  ['configs', ['file', 'environment', 'content']],
];

function resourceFaults({ top }: ComposeModel): Fault[] {
  const entriesOf = (section: string) => [...(asMap(valueAt(top, section))?.entries.values() ?? [])];
  return [
    ...SOURCES.flatMap(([section, keys]) =>
      entriesOf(section).flatMap(entry => sourceFault(section, entry, keys)),
    ),
    ...entriesOf('volumes').flatMap(externalFault),
  ];
}

function sourceFault(
  section: string,
  { key, keyPlace: place, value }: Entry,
  keys: readonly string[],
): Fault[] {
  const resource = asMap(value);
  if (!resource || resource.entries.has('external') || resource.entries.has('driver')) return [];
  const count = keys.filter(each => resource.entries.has(each)).length;
  const name = `"${section}.${key}"`;
  if (count > 1)
    return [
      refused(
        `${name} has more than one of ${keys.join(', ')}: Compose refuses it.`,
        { place },
        'Keep one of them.',
      ),
    ];
  if (count === 1) return [];
  return [
    refused(
      `${name} needs one of ${keys.join(', ')}: Compose refuses it.`,
      { place },
      `Say where its content comes from, or "external: true".`,
    ),
  ];
}

/** Only its name may be said of a volume that the project does not make. */
function externalFault({ key, value }: Entry): Fault[] {
  if (!isTrue(valueAt(value, 'external'))) return [];
  const more = [...(asMap(value)?.entries.values() ?? [])].find(
    entry => !['name', 'external'].includes(entry.key) && !entry.key.startsWith('x-'),
  );
  if (!more) return [];
  const message = `The volume "${key}" is external, and may have no "${more.key}": Compose refuses it.`;
  return [refused(message, { place: more.keyPlace }, `Take "${more.key}" out, or "external".`)];
}

const isTrue = (value: Value | undefined) =>
  value?.kind === 'map' || /^(true|yes|y|on)$/i.test(asScalar(value)?.text ?? '');
