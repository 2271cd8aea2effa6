import type { Fault } from '../fault.ts';
import { parseMount } from '../mount-spec.ts';
import { asScalar, textAt, type Value } from '../value.ts';
import { cause, isKnown, orSet, refused, shown } from './unset.ts';

/**
 * Why Compose refuses an entry of `volumes` of a service.
 * Sources: compose-go's `format/volume.go` and `override/uncity.go`, and Compose's own check of binds.
 */
export function mountFaults(entry: Value): Fault[] {
  const scalar = asScalar(entry);
  if (scalar) {
    if (typeof scalar.value !== 'string' || !isKnown(scalar)) return [];
    const { problem } = parseMount(scalar.text);
    if (problem === undefined) return [];
    const message = `${shown(scalar.text)} is no volume${cause(scalar)}: ${problem}.`;
    return [refused(message, scalar, orSet(scalar, 'Write [SOURCE:]TARGET[:MODE].'))];
  }
  if (entry.kind !== 'map') return [];
  if (!entry.entries.has('target'))
    return [
      refused(
        'A mount needs a target, its path in the container: Compose refuses it.',
        entry,
        'Add "target".',
      ),
    ];
  if (textAt(entry, 'type')?.text === 'bind' && !entry.entries.has('source'))
    return [
      refused(
        'A mount of the type bind needs a source: Compose refuses it.',
        entry,
        'Add "source", a path of the machine.',
      ),
    ];
  return [];
}
