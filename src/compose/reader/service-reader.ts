import type { ServiceEntry } from './extend.ts';
import type { Lookup } from './interpolate.ts';
import { readBytes } from './memory.ts';
import type { Dependency, EnvironmentEntry, Mount, Service } from './model.ts';
import { isPath, parseMount } from './mount-spec.ts';
import { type Port, readPort } from './ports.ts';
import {
  asList,
  asMap,
  asScalar,
  type Entry,
  type Mapping,
  type Scalar,
  type Text,
  textAt,
  textOf,
  type Value,
  valueAt,
} from './value.ts';

interface Surroundings {
  /** The environment of Compose. */
  readonly lookup: Lookup;
  /** The variables of one `env_file`, or undefined when they are not known. @param known what the service has already */
  readonly openFile: (
    entry: Value,
    known: Lookup,
    service: Pick<Service, 'profiles'>,
  ) => readonly EnvironmentEntry[] | undefined;
}

/** Reads a service that is normalized, merged and extended. */
export function readService(entry: ServiceEntry, block: Mapping, surroundings: Surroundings): Service {
  const { value: service } = entry;
  const containerName = textAt(service, 'container_name');
  const containerNameKey = service.entries.get('container_name')?.keyPlace;
  const dependsOn = service.entries.get('depends_on');
  const { entries: environment, complete } = readEnvironment(service, surroundings);
  const restart = textAt(service, 'restart')?.text;
  const networkMode = textAt(service, 'network_mode')?.text;
  return {
    name: entry.key,
    place: entry.keyPlace,
    block,
    whole: service,
    isPartial: entry.isPartial,
    image: textAt(service, 'image'),
    builds: service.entries.has('build'),
    containerName: containerName && containerNameKey && { ...containerName, key: containerNameKey },
    hostname: textAt(service, 'hostname'),
    environment,
    environmentPlace: service.entries.get('environment')?.keyPlace ?? entry.keyPlace,
    environmentComplete: complete,
    ports: readPorts(service),
    portsComplete: itemsAt(service, 'ports').every(item => readPort(item) !== undefined),
    mounts: readMounts(service),
    dependsOn: readDependencies(service),
    dependsOnValue: dependsOn && { key: dependsOn.keyPlace, value: dependsOn.value },
    healthcheck: readHealthcheck(service),
    memoryLimit: readMemoryLimit(service),
    networks: readNetworks(service),
    networkMode,
    profiles: textsOf(valueAt(service, 'profiles')),
    restart,
    ownCommand: ['command', 'entrypoint'].some(key => isSet(valueAt(service, key))),
    extraHosts: readExtraHosts(valueAt(service, 'extra_hosts')),
  };
}

const isSet = (value: Value | undefined) =>
  value !== undefined && !(value.kind === 'scalar' && value.value === null);

/** A variable of an `env_file` may stand for one of the service, or of an earlier file. */
function readEnvironment(
  service: Mapping,
  { lookup, openFile }: Surroundings,
): { entries: Map<string, EnvironmentEntry>; complete: boolean } {
  const own = [...(asMap(valueAt(service, 'environment'))?.entries.values() ?? [])].flatMap(entry =>
    readVariable(entry, lookup),
  );
  const stated = new Map(own.map(entry => [entry.name, entry]));
  const entries = new Map<string, EnvironmentEntry>();
  const known: Lookup = name => {
    const value = (stated.get(name) ?? entries.get(name))?.value;
    return value?.unresolved.length === 0 ? value.text : undefined;
  };
  const profiles = textsOf(valueAt(service, 'profiles'));
  let complete = true;
  for (const item of itemsAt(service, 'env_file')) {
    const variables = openFile(item, known, { profiles });
    if (variables === undefined) complete = false;
    for (const variable of variables ?? []) entries.set(variable.name, variable);
  }
  for (const variable of own) entries.set(variable.name, variable);
  return { entries, complete };
}

function readVariable(
  { key: name, keyPlace, keyStart, value, item, replaced }: Entry,
  lookup: Lookup,
): EnvironmentEntry[] {
  if (value.kind !== 'scalar') return [];
  const variable: EnvironmentEntry = {
    name,
    namePlace: keyPlace,
    nameStart: keyStart,
    value: value.value === null ? inherited(name, value, lookup) : textOf(value),
    form: item ? 'list' : 'map',
    replaced,
  };
  return [variable];
}

/** Without a value it comes from the environment of Compose. */
function inherited(name: string, value: Scalar, lookup: Lookup): Text {
  const text = lookup(name);
  const { place } = value;
  return text === undefined ? { ...textOf(value), unresolved: [name] } : { text, place, unresolved: [] };
}

/** As Compose does, a later entry replaces an earlier one for the same ports. */
function readPorts(service: Mapping): Port[] {
  const ports = new Map<string, Port>();
  for (const entry of itemsAt(service, 'ports')) {
    const port = readPort(entry);
    if (!port) continue;
    const { address = '', published, target, protocol } = port;
    ports.set(JSON.stringify([address, published, target, protocol]), port);
  }
  return [...ports.values()];
}

/** As Compose does, a later mount replaces an earlier one at the same path. A config is a file, like a mount of one. */
function readMounts(service: Mapping): Mount[] {
  const tmpfs = valueAt(service, 'tmpfs');
  const all = [
    ...itemsAt(service, 'volumes').map(item =>
      item.kind === 'map' ? readLongMount(item) : readShortMount(item),
    ),
    ...itemsAt(service, 'configs').map(item => readTarget(item, textAt(item, 'target')?.text, 'other')),
    ...(tmpfs?.kind === 'list' ? tmpfs.items : tmpfs ? [tmpfs] : []).map(item =>
      readTarget(item, asScalar(item)?.text.split(':')[0], 'tmpfs'),
    ),
  ];
  const mounts = all.filter(mount => mount !== undefined);
  return [...new Map(mounts.map(mount => [mount.target, mount])).values()];
}

const readTarget = ({ place }: Value, target: string | undefined, type: Mount['type']): Mount | undefined =>
  target ? { type, target, place } : undefined;

const itemsAt = (service: Mapping, key: string) => asList(valueAt(service, key))?.items ?? [];

/** https://docs.docker.com/reference/compose-file/services/#volumes */
function readShortMount(item: Value): Mount | undefined {
  const scalar = asScalar(item);
  if (!scalar?.text) return undefined;
  const { source, target } = parseMount(scalar.text);
  const { place, unresolved } = scalar;
  const type = source !== undefined && isPath(source) ? 'bind' : 'volume';
  return { type, source, target, place, unresolved };
}

function readLongMount(item: Mapping): Mount | undefined {
  const target = textAt(item, 'target')?.text;
  if (target === undefined) return undefined;
  const type = textAt(item, 'type')?.text;
  const source = textAt(item, 'source');
  return {
    type: type === 'volume' || type === 'bind' || type === 'tmpfs' ? type : 'other',
    source: source?.text,
    target,
    place: item.place,
    unresolved: source?.unresolved,
  };
}

function readDependencies(service: Mapping): Dependency[] {
  const dependencies = asMap(valueAt(service, 'depends_on'));
  return [...(dependencies?.entries.values() ?? [])].map(({ key, keyPlace, value, item }) => ({
    service: key,
    condition: textAt(value, 'condition')?.text ?? 'service_started',
    required: asScalar(valueAt(value, 'required'))?.value !== false,
    place: keyPlace,
    item,
  }));
}

function readHealthcheck(service: Mapping): Service['healthcheck'] {
  const value = asMap(valueAt(service, 'healthcheck'));
  if (!value) return undefined;
  const test = valueAt(value, 'test');
  const first = test?.kind === 'list' ? asScalar(test.items[0]) : undefined;
  const disabled = asScalar(valueAt(value, 'disable'))?.value === true || first?.text === 'NONE';
  return { disabled, place: value.place };
}

/** `mem_limit`, or the limit under `deploy`. */
function readMemoryLimit(service: Mapping): Service['memoryLimit'] {
  const limits = valueAt(valueAt(valueAt(service, 'deploy'), 'resources'), 'limits');
  const limit = textAt(service, 'mem_limit') ?? textAt(limits, 'memory');
  if (!limit || limit.unresolved.length > 0) return undefined;
  const bytes = readBytes(limit.text);
  return bytes === undefined || bytes === 0 ? undefined : { bytes, place: limit.place };
}

function readNetworks(service: Mapping): Service['networks'] {
  const networks = asMap(valueAt(service, 'networks'));
  if (!networks || networks.entries.size === 0) return [{ name: 'default', aliases: [] }];
  return [...networks.entries.values()].map(({ key, value }) => ({
    name: key,
    aliases: textsOf(valueAt(value, 'aliases')),
  }));
}

function readExtraHosts(value: Value | undefined): string[] {
  const listed = asMap(value);
  if (listed) return [...listed.entries.keys()];
  return textsOf(value).map(text => text.split(/[:=]/)[0] ?? '');
}

const textsOf = (value: Value | undefined) =>
  (asList(value)?.items ?? []).flatMap(item =>
    item.kind === 'scalar' && item.value !== null ? [item.text] : [],
  );
