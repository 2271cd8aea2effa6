import {
  type Entry,
  type Mapping,
  partOf,
  type Scalar,
  type Sequence,
  type Value,
  valueAt,
} from './value.ts';

/**
 * A service with the short forms that Compose merges as mappings written out as mappings: `environment`, `depends_on`,
 * `networks`, and `env_file` as a list. A value of no known form stays as it is: the schema judges it.
 */
function normalizeService(service: Mapping): Mapping {
  const entries = new Map(service.entries);
  const change = (key: string, convert: (value: Value) => Value) => {
    const entry = entries.get(key);
    if (entry) entries.set(key, { ...entry, value: convert(entry.value) });
  };
  change('environment', value => (value.kind === 'list' ? keyValueMapping(value) : value));
  change('depends_on', value => (value.kind === 'list' ? nameMapping(value, startedCondition) : value));
  change('networks', value => (value.kind === 'list' ? nameMapping(value, nothing) : value));
  change('env_file', value => (value.kind === 'list' ? value : listOf(value)));
  return { ...service, entries };
}

/** `- KEY=VALUE` and `- KEY`; where a key comes twice, the last counts. */
function keyValueMapping(list: Sequence): Mapping {
  const entries = new Map<string, Entry>();
  for (const item of list.items) {
    if (item.kind !== 'scalar' || item.value === null) continue;
    const sign = item.text.indexOf('=');
    const nameEnd = sign < 0 ? item.text.length : sign;
    const name = partOf(item, 0, nameEnd);
    const value = partOf(item, Math.min(nameEnd + 1, item.text.length), item.text.length);
    const earlier = entries.get(name.text);
    entries.set(name.text, {
      key: name.text,
      keyPlace: name.place,
      keyStart: name.contentStart,
      value: { kind: 'scalar', ...value, value: sign < 0 ? null : value.text },
      item,
      replaced: earlier && [...(earlier.replaced ?? []), earlier.keyPlace],
    });
  }
  return { kind: 'map', entries, place: list.place, flow: list.flow, tag: list.tag };
}

function nameMapping(list: Sequence, meaning: (item: Scalar) => Value): Mapping {
  const entries = new Map<string, Entry>();
  for (const item of list.items) {
    if (item.kind !== 'scalar' || item.value === null) continue;
    entries.set(item.text, { key: item.text, keyPlace: item.place, value: meaning(item), item });
  }
  return { kind: 'map', entries, place: list.place, flow: list.flow, tag: list.tag };
}

const nothing = ({ place }: Scalar): Scalar => ({
  kind: 'scalar',
  value: null,
  text: '',
  place,
  unresolved: [],
});

/** A name in a list of dependencies waits until the container is started, not until it is healthy. */
function startedCondition(item: Scalar): Mapping {
  const condition: Scalar = { ...nothing(item), value: 'service_started', text: 'service_started' };
  const entry: Entry = { key: 'condition', keyPlace: item.place, value: condition };
  return { kind: 'map', entries: new Map([['condition', entry]]), place: item.place, flow: false };
}

const listOf = (value: Value): Sequence => ({
  kind: 'list',
  items: [value],
  place: value.place,
  flow: false,
  tag: value.tag,
});

/** Services of a file by name, normalized; one that is no mapping is left out. */
export function servicesIn(root: Value): Map<string, Entry & { readonly value: Mapping }> {
  const services = valueAt(root, 'services');
  const all = new Map<string, Entry & { readonly value: Mapping }>();
  if (services?.kind !== 'map') return all;
  for (const [name, entry] of services.entries) {
    if (entry.value.kind === 'map') all.set(name, { ...entry, value: normalizeService(entry.value) });
  }
  return all;
}
