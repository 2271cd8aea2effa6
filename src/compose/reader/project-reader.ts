import { mergeMappings } from './merge.ts';
import type { ComposeModel, Named } from './model.ts';
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
    complete: roots.length > 0 && !roots.some(includesFiles),
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

/** Compose takes an `include` without a value, and an empty list, for none. */
export function includesFiles(root: Mapping): boolean {
  const include = valueAt(root, 'include');
  if (include === undefined) return false;
  return include.kind !== 'list' ? asScalar(include)?.value !== null : include.items.length > 0;
}
