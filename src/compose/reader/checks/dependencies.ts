import type { Service } from '../model.ts';
import type { Place } from '../place.ts';
import { asList, asScalar, type Text, textAt, textOf, type Value, valueAt } from '../value.ts';

/** A service without which another one does not start, and the words of the file that say so. */
export interface Need {
  readonly service: string;
  readonly place: Place;
  readonly required: boolean;
  /** `depends on`, `links to` … */
  readonly verb: string;
  readonly unresolved: readonly string[];
}

/** Namespaces that a service may share with another one: `network_mode: service:NAME`. */
const NAMESPACES = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'];
const SERVICE = 'service:';

/**
 * All that a service needs of other services: `depends_on`, and what Compose adds to it for `links`, shared namespaces and
 * `volumes_from`. What stands under `depends_on` as well counts as it stands there.
 * Source: compose-go's `loader/normalize.go`.
 */
export function needsOf(service: Service): Need[] {
  const stated = service.dependsOn.map(
    ({ service: name, place, required }): Need => ({
      service: name,
      place,
      required,
      verb: 'depends on',
      unresolved: [],
    }),
  );
  const known = new Set(stated.map(need => need.service));
  return [...stated, ...impliedNeeds(service).filter(need => !known.has(need.service))];
}

function impliedNeeds({ whole }: Service): Need[] {
  const needs: Need[] = [];
  const add = (name: string, { place, unresolved }: Text, verb: string) =>
    needs.push({ service: name, place, required: true, verb, unresolved });
  for (const link of textsIn(valueAt(whole, 'links'))) {
    const parts = link.text.split(':');
    add(parts.length === 2 ? (parts[0] ?? '') : link.text, link, 'links to');
  }
  for (const key of NAMESPACES) {
    const mode = textAt(whole, key);
    if (mode?.text.startsWith(SERVICE)) add(mode.text.slice(SERVICE.length), mode, `shares by ${key} with`);
  }
  for (const from of textsIn(valueAt(whole, 'volumes_from')))
    if (!from.text.startsWith('container:')) add(from.text.split(':')[0] ?? '', from, 'takes the volumes of');
  return needs;
}

/** The texts of a list, or the one that stands without one. */
export function textsIn(value: Value | undefined): Text[] {
  const items = asList(value)?.items ?? (value === undefined ? [] : [value]);
  return items.flatMap(item => {
    const scalar = asScalar(item);
    return scalar && scalar.value !== null ? [textOf(scalar)] : [];
  });
}
