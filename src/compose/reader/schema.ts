import { isCast } from './checks/formats.ts';
import { cause, isKnown, orSet, refused } from './checks/unset.ts';
import composeSpec from './compose-spec.json' with { type: 'json' };
import type { Fault } from './fault.ts';
import { type JsonSchema, type SchemaError, schemaErrors } from './json-schema.ts';
import type { Place } from './place.ts';
import { closestName } from './similar-name.ts';
import type { Scalar, Value } from './value.ts';

// compose-spec.json is the copy that compose-go v2.15.0 checks files against. Apache-2.0.

const MAX_FAULTS = 20;
const SPECIFICATION: JsonSchema = composeSpec;

/**
 * Checks a file against the Compose specification. A fault stands at the value, or at the key that should not be there.
 * @param isOverride true for a file that is laid over another: there an empty value means that of the other file
 */
export function schemaFaults(root: Value, isOverride = false): Fault[] {
  const errors = schemaErrors(SPECIFICATION, toPlain(root, isOverride, new Map()));
  const byPath = Map.groupBy(errors, pathOf);
  return mostSpecific([...byPath.keys()])
    .slice(0, MAX_FAULTS)
    .flatMap(path =>
      faultAt(root, path, byPath.get(path) ?? []).map(fault => asMisplaced(fault, root, path)),
    );
}

const SERVICE_KEYS = new Set(Object.keys(composeSpec.$defs.service.properties));

/** True for what is named as a key of services among the services themselves, and holds nothing that a service would. */
export const isKeyOfService = (name: string, value: Value): boolean =>
  SERVICE_KEYS.has(name) &&
  !(value.kind === 'map' && [...value.entries.keys()].some(key => SERVICE_KEYS.has(key)));

/** What is refused in such a "service" stands one level too far left. */
function asMisplaced(fault: Fault, root: Value, path: string): Fault {
  const [, top, name = ''] = path.split('/');
  const value = top === 'services' ? find(root, [top, name])?.value : undefined;
  if (!value || !isKeyOfService(name, value)) return fault;
  const hint = `"${name}" is a key of a service: indent it, with what is in it, under the service that it belongs to.`;
  return { ...fault, hint, misplaced: name };
}

/** A value that may take several forms fails in each of them: the real fault is deepest inside. */
function mostSpecific(paths: readonly string[]): string[] {
  const inner = new Set<string>();
  for (const path of paths)
    for (let cut = path.lastIndexOf('/'); cut >= 0; cut = path.lastIndexOf('/', cut - 1)) {
      inner.add(path.slice(0, cut));
      if (cut === 0) break;
    }
  return paths.filter(path => !inner.has(path));
}

/** A JSON pointer; of a key that is not allowed, to the key. */
function pathOf({ path, keyword, about: [key = ''] }: SchemaError): string {
  if (keyword !== 'additionalProperties') return path;
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * Lists of which Compose takes repeated items out before it looks at the schema, which allows none.
 * Source: compose-go's `override/uncity.go`.
 */
const WITHOUT_REPEATS = [
  ...['annotations', 'cap_add', 'cap_drop', 'configs', 'devices', 'dns', 'dns_opt', 'dns_search', 'env_file'],
  ...[
    'environment',
    'expose',
    'labels',
    'links',
    'ports',
    'profiles',
    'secrets',
    'sysctls',
    'tmpfs',
    'volumes',
  ],
  ...[
    'build/additional_contexts',
    'build/args',
    'build/labels',
    'build/platform',
    'build/tags',
    'deploy/labels',
  ],
  ...['networks/[^/]+/aliases', 'networks/[^/]+/link_local_ips'],
];
const REPEATS_ALLOWED = new RegExp(
  `^/(services/[^/]+/(${WITHOUT_REPEATS.join('|')})|networks/[^/]+/(labels|ipam/options))$`,
);

function faultAt(root: Value, path: string, errors: readonly SchemaError[]): Fault[] {
  if (errors.some(({ keyword }) => keyword === 'uniqueItems') && REPEATS_ALLOWED.test(path)) return [];
  const keys = path.split('/').slice(1);
  const names = keys.map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = find(root, names);
  if (!found || (found.value.kind === 'scalar' && isPassedOver(names, found.value))) return [];
  const notAllowed = errors.filter(({ keyword }) => keyword === 'additionalProperties');
  if (notAllowed.length > 0 && notAllowed.length === errors.length)
    return [{ kind: 'compose-schema', message: unknownKey(names, notAllowed), place: found.keyPlace }];
  const name = names.length === 0 ? 'The file' : `"${dotted(names)}"`;
  const place = found.value.place.start === found.value.place.end ? found.keyPlace : found.value.place;
  if (found.value.kind !== 'scalar')
    return [{ kind: 'compose-schema', message: `${name} ${requirement(errors)}.`, place }];
  const message = `${name} ${requirement(errors)}${cause(found.value)}.`;
  return [refused(message, { place }, hintFor(found.value))];
}

/** What only the machine knows is not judged; and a text that stands for a number or a boolean is one. */
const isPassedOver = (names: readonly string[], scalar: Scalar) =>
  !isKnown(scalar) || (typeof scalar.value === 'string' && isCast(names, scalar.text));

const hintFor = (value: Scalar) => (value.unresolved.length > 0 ? orSet(value, '') : undefined);

function unknownKey(names: readonly string[], errors: readonly SchemaError[]): string {
  const name = names.at(-1) ?? '';
  const owner = names.length === 1 ? 'the top of a compose file' : `"${dotted(names.slice(0, -1))}"`;
  const allowed = errors.flatMap(({ schema }) => Object.keys(schema.properties ?? {}));
  const closest = closestName(name, allowed);
  const refusal = `"${name}" is not a key that ${owner} may have`;
  return closest === undefined ? `${refusal}.` : `${refusal}; did you mean "${closest}"?`;
}

/** `services.a.ports[0]` */
const dotted = (names: readonly string[]) => names.join('.').replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

function requirement(errors: readonly SchemaError[]): string {
  if (errors.some(({ keyword }) => keyword === 'uniqueItems')) return 'must not have the same item twice';
  const types = errors.filter(({ keyword }) => keyword === 'type').flatMap(({ about }) => about);
  if (types.length > 0) return `must be ${[...new Set(types.map(typeName))].join(' or ')}`;
  const allowed = errors.filter(({ keyword }) => keyword === 'enum').flatMap(({ about }) => about);
  if (allowed.length > 0) return `must be one of ${[...new Set(allowed)].join(', ')}`;
  const said = errors.find(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf');
  return said?.message ?? 'is not of a form that the Compose specification knows';
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};
const typeName = (type: string) => TYPE_NAMES[type] ?? type;

function find(root: Value, names: readonly string[]): { value: Value; keyPlace: Place } | undefined {
  let found = { value: root, keyPlace: root.place };
  for (const name of names) {
    const { value } = found;
    const entry = value.kind === 'map' ? value.entries.get(name) : undefined;
    const item = value.kind === 'list' ? value.items[Number(name)] : undefined;
    if (entry) found = entry;
    else if (item) found = { value: item, keyPlace: item.place };
    else return undefined;
  }
  return found;
}

/** Compose follows `include` before it looks at the schema, and takes one without a value for none. */
const isEmptyInclude = (key: string, value: Value) =>
  key === 'include' && value.kind === 'scalar' && value.value === null;

/** Aliases of one anchor become the same object, however many there are; values that `!reset` takes away are left out. */
function toPlain(value: Value, isOverride: boolean, known: Map<Value, unknown>): unknown {
  const earlier = known.get(value);
  if (earlier !== undefined) return earlier;
  const isLeftOut = (each: Value) =>
    each.tag === 'reset' || (isOverride && each.kind === 'scalar' && each.value === null);
  const convert = (): unknown => {
    if (value.kind === 'scalar') return value.value;
    if (value.kind === 'list')
      return value.items.filter(({ tag }) => tag !== 'reset').map(item => toPlain(item, isOverride, known));
    const entries = [...value.entries].filter(
      ([key, entry]) => !isLeftOut(entry.value) && !isEmptyInclude(key, entry.value),
    );
    return Object.fromEntries(entries.map(([key, entry]) => [key, toPlain(entry.value, isOverride, known)]));
  };
  const plain = convert();
  known.set(value, plain);
  return plain;
}
