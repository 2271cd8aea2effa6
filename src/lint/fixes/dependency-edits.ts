import type { Dependency, Service } from '../../compose/reader/model.ts';
import type { SourceText } from '../../compose/reader/place.ts';
import type { Edit } from '../rule.ts';
import { insertBelow, replacePlace } from './edits.ts';

/**
 * Makes dependencies wait for health. A list of names becomes a mapping as a whole, because it cannot have conditions.
 * @returns undefined where the text is of a form that is better changed by hand
 */
export function dependencyEdits(
  { dependsOn, dependsOnValue }: Service,
  waiting: readonly Dependency[],
  sources: ReadonlyMap<string, SourceText>,
): Edit[] | undefined {
  const value = dependsOnValue?.value;
  const source = value && sources.get(value.place.file);
  if (!dependsOnValue || value?.kind !== 'map' || !source) return undefined;
  if (dependsOn.some(({ place }) => place.file !== value.place.file)) return undefined;
  const isWaiting = ({ service }: Dependency) => waiting.some(other => other.service === service);
  // A mapping has conditions already: whoever wrote them meant them.
  if (!dependsOn.every(({ item }) => item)) return undefined;
  const conditions = dependsOn.map(dependency => ({
    dependency,
    condition: isWaiting(dependency) ? 'service_healthy' : 'service_started',
  }));
  if (value.flow) {
    const inside = conditions.map(
      ({ dependency, condition }) => `${dependency.service}: { condition: ${condition} }`,
    );
    return [replacePlace(value.place, `{ ${inside.join(', ')} }`)];
  }
  const column = dependsOnValue.key.column;
  return allOrNone(
    conditions.map(({ dependency, condition }) => listItemEdits(source, dependency, condition, column)),
  );
}

function allOrNone(edits: readonly (Edit[] | undefined)[]): Edit[] | undefined {
  return edits.includes(undefined) ? undefined : edits.flatMap(each => each ?? []);
}

/** `- NAME` becomes `NAME:` with its condition on the next line; a comment behind it stays where it is. */
function listItemEdits(
  source: SourceText,
  { service, place }: Dependency,
  condition: string,
  keyColumn: number,
): Edit[] | undefined {
  const lineStart = source.lineStart(place.start);
  const before = /^([ \t]*)-[ \t]+$/.exec(source.text.slice(lineStart, place.start));
  if (before?.[1] === undefined) return undefined;
  // A list may stand as far out as its key; a mapping must stand further in.
  const indent = before[1].length < keyColumn ? ' '.repeat(keyColumn + 1) : before[1];
  return [
    { file: source.file, start: lineStart, end: place.end, text: `${indent}${service}:` },
    insertBelow(source, place.end, [`${indent}  condition: ${condition}`]),
  ];
}
