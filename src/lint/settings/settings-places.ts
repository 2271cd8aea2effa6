import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { type Setting, variableFor } from '../../compose/kafka/kafka-settings.ts';
import type { Place } from '../../compose/reader/place.ts';

/** Where a setting stands; where it would stand when it is missing. */
export const placeOfSetting = ({ settings, service }: KafkaNode, key: string): Place =>
  settings.get(key)?.value.place ?? service.environmentPlace;

/** The variable that carries a setting in a node's image, by the name that the file has for it where it is set. */
export const variableOf = ({ settings, family }: KafkaNode, key: string): string =>
  settings.get(key)?.variable || variableFor(key, family);

/** A whole number in a setting; undefined when it is missing or depends on unknown variables. */
export function numberIn(setting: Pick<Setting, 'value'> | undefined): number | undefined {
  if (!setting || setting.value.unresolved.length > 0) return undefined;
  const text = setting.value.text.trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** "a", "a and b", "a, b and c" */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
