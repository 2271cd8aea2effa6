import type { Entry, Mapping, Value } from './value.ts';

/** Parts of a service that a later file replaces as a whole. */
const REPLACED = new Set(['command', 'entrypoint', 'healthcheck.test']);

/**
 * Two normalized services as one, the second over the first: mappings key by key, lists one after the other, anything else
 * replaced, `!reset` and `!override` obeyed. Ports and mounts that a later one replaces are sorted out where they are read.
 * Source: https://docs.docker.com/reference/compose-file/merge/ and compose-go's `override` package.
 */
export function mergeServices(base: Mapping, over: Mapping): Mapping {
  return mergeAt(base, over, '');
}

/** Two files as one, without their services, which are merged by themselves. */
export const mergeMappings = (base: Mapping, over: Mapping): Mapping => mergeAt(base, over, '');

function mergeAt(base: Mapping, over: Mapping, path: string): Mapping {
  if (over.tag === 'override') return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const merged = mergeEntry(entries.get(key), entry, path === '' ? key : `${path}.${key}`);
    if (merged) entries.set(key, merged);
    else entries.delete(key);
  }
  return { ...base, entries };
}

function mergeEntry(base: Entry | undefined, over: Entry, path: string): Entry | undefined {
  if (over.value.tag === 'reset') return undefined;
  if (!base) return over;
  const value = mergeValues(base.value, over.value, path);
  return value === base.value ? base : { ...over, value };
}

function mergeValues(base: Value, over: Value, path: string): Value {
  if (over.tag === 'override' || REPLACED.has(path)) return over;
  if (over.kind === 'scalar' && over.value === null && !isVariable(path)) return base;
  if (base.kind === 'map' && over.kind === 'map') return mergeAt(base, over, path);
  if (base.kind === 'list' && over.kind === 'list') return { ...base, items: [...base.items, ...over.items] };
  return over;
}

/** An environment name without a value takes it from outside, and that replaces what an earlier file says. */
const isVariable = (path: string) => path.startsWith('environment.');

/** A merged service without what `!reset` takes away where there was nothing to take. */
export function withoutResets(mapping: Mapping): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of mapping.entries) {
    const { value } = entry;
    if (value.tag !== 'reset')
      entries.set(key, value.kind === 'map' ? { ...entry, value: withoutResets(value) } : entry);
  }
  return { ...mapping, entries };
}
