import type { Fault } from './fault.ts';
import { mergeServices } from './merge.ts';
import type { Place } from './place.ts';
import { type Entry, type Mapping, type Text, textAt, textOf, type Value } from './value.ts';

export type ServiceEntry = Entry & {
  readonly value: Mapping;
  /** True when something that it extends could not be read. */
  readonly isPartial?: boolean;
};

/** The services of another file, by its name as `extends` gives it; undefined when it cannot be read. */
export type OpenServices = (
  name: Text,
  from: string,
) => { readonly file: string; readonly services: ReadonlyMap<string, ServiceEntry> } | undefined;

/** Longer chains are a mistake, or made to use up the call stack. */
const MAX_CHAIN = 50;

interface Scope {
  readonly file: string;
  readonly services: ReadonlyMap<string, ServiceEntry>;
}

/**
 * Services with what they extend merged under them, however long the chain.
 * Source: https://docs.docker.com/reference/compose-file/services/#extends
 * @param report takes each fault: a service that is not there, or one that extends itself
 */
export function resolveExtends(
  scope: Scope,
  open: OpenServices,
  report: (fault: Fault) => void,
): Map<string, ServiceEntry> {
  const resolved = new Map<string, ServiceEntry>();
  const resolve = (name: string, entry: ServiceEntry, at: Scope, chain: readonly string[]): ServiceEntry => {
    const key = keyOf(at, name);
    const known = resolved.get(key) ?? resolveOnce(name, entry, at, chain);
    resolved.set(key, known);
    return known;
  };
  const resolveOnce = (
    name: string,
    entry: ServiceEntry,
    at: Scope,
    chain: readonly string[],
  ): ServiceEntry => {
    const extension = entry.value.entries.get('extends');
    const own = without(entry.value, 'extends');
    const target = extension && targetOf(extension.value);
    if (!extension || !target) return { ...entry, value: own };
    const { service, file } = target;
    const fail = (message: string, place: Place): ServiceEntry => {
      report({ kind: 'undefined-reference', message, place });
      return { ...entry, value: own, isPartial: true };
    };
    const next = file ? open(file, at.file) : at;
    if (!next) return { ...entry, value: own, isPartial: true };
    const step = keyOf(next, service.text);
    if (chain.length > MAX_CHAIN) return fail('The chain of extends is too long.', extension.keyPlace);
    if (chain.includes(step)) return fail(`The service "${name}" extends itself.`, extension.keyPlace);
    const base = next.services.get(service.text);
    if (!base) return fail(`There is no service "${service.text}" to extend.`, service.place);
    const { value, isPartial } = resolve(service.text, base, next, [...chain, step]);
    return { ...entry, value: mergeServices(value, own), isPartial };
  };
  const all = new Map<string, ServiceEntry>();
  for (const [name, entry] of scope.services)
    all.set(name, resolve(name, entry, scope, [keyOf(scope, name)]));
  return all;
}

const keyOf = ({ file }: Scope, service: string) => `${file}\n${service}`;

function targetOf(value: Value): { service: Text; file: Text | undefined } | undefined {
  if (value.kind === 'scalar' && value.value !== null) return { service: textOf(value), file: undefined };
  const service = textAt(value, 'service');
  return service && { service, file: textAt(value, 'file') };
}

function without(service: Mapping, key: string): Mapping {
  const entries = new Map(service.entries);
  entries.delete(key);
  return { ...service, entries };
}
