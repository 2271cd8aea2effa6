import type { Fault } from '../fault.ts';
import type { ComposeModel } from '../model.ts';
import { asList, asScalar, type Scalar, type Value, valueAt } from '../value.ts';
import { FORMATS, type Format, TOP_FORMATS } from './formats.ts';
import { mountFaults } from './mount-faults.ts';
import { portFaults } from './port-faults.ts';
import { cause, isKnown, orSet, refused, shown } from './unset.ts';

/** Texts that Compose cannot read as what they should be: sizes, durations, numbers, ports, volumes. */
export function valueFaults({ services, top }: ComposeModel): Fault[] {
  return [
    ...services.flatMap(({ whole }) => [
      ...FORMATS.flatMap(([path, format]) => formatFaults(whole, path, format)),
      ...(asList(valueAt(whole, 'ports'))?.items ?? []).flatMap(portFaults),
      ...(asList(valueAt(whole, 'volumes'))?.items ?? []).flatMap(mountFaults),
    ]),
    ...TOP_FORMATS.flatMap(([path, format]) => (top ? formatFaults(top, path, format) : [])),
  ];
}

/** Other values than texts are the schema's business. */
function formatFaults(root: Value, path: readonly string[], format: Format): Fault[] {
  return textsAt(root, path).flatMap(text => {
    if (format.accepts(text.text) || !isKnown(text)) return [];
    const key = path.filter(part => part !== '*').at(-1);
    const message = `${shown(text.text)} is ${format.not} for ${key}${cause(text)}: Compose refuses it.`;
    return [refused(message, text, orSet(text, format.hint))];
  });
}

function textsAt(value: Value, [key, ...rest]: readonly string[]): Scalar[] {
  if (key === undefined) {
    const scalar = asScalar(value);
    return scalar && typeof scalar.value === 'string' ? [scalar] : [];
  }
  return childrenOf(value, key).flatMap(child => textsAt(child, rest));
}

function childrenOf(value: Value, key: string): readonly Value[] {
  if (key === '*') {
    if (value.kind === 'list') return value.items;
    return value.kind === 'map' ? [...value.entries.values()].map(entry => entry.value) : [];
  }
  const child = valueAt(value, key);
  return child ? [child] : [];
}
