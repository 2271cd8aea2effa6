import type { Place } from './place.ts';

/** A YAML file as a tree: aliases and merge keys are followed, variables filled in, and every part knows where it stands. */
export type Value = Scalar | Mapping | Sequence;

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The value as Compose hands it to a container: numbers as Compose writes them. '' for null. */
  readonly text: string;
  readonly place: Place;
  /** Offset of the first character of `text`, when the file holds `text` letter for letter; none for escapes and variables. */
  readonly contentStart?: number;
  /** Variables stand in it: on the machine they may have other values than here. */
  readonly isFilledIn?: boolean;
  /** Variables in it that have neither a value nor a default: then the whole text is not known. */
  readonly unresolved: readonly string[];
  readonly tag?: MergeTag;
}

export interface Mapping {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly place: Place;
  /** Written in braces. */
  readonly flow: boolean;
  readonly tag?: MergeTag;
}

export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  /** Offset of the first letter of the key, when the file holds the key letter for letter. */
  readonly keyStart?: number;
  readonly value: Value;
  /** The list item it was made from, where the file has a list of `KEY=VALUE` or of names. */
  readonly item?: Scalar;
  /** Earlier items of that list with the same key, which have no effect. */
  readonly replaced?: readonly Place[];
}

export interface Sequence {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly place: Place;
  readonly flow: boolean;
  readonly tag?: MergeTag;
}

/** `!reset` and `!override` of the Compose specification: https://docs.docker.com/reference/compose-file/merge/ */
export type MergeTag = 'reset' | 'override';

/** A text of the file, as rules judge it. */
export interface Text {
  readonly text: string;
  readonly place: Place;
  readonly contentStart?: number;
  readonly unresolved: readonly string[];
}

/** Part of a text with its own place, where the file holds the text letter for letter; else with the place of the whole. */
export function partOf(whole: Text, from: number, to: number): Text {
  const { text, unresolved, contentStart, place } = whole;
  if (contentStart === undefined) return { text: text.slice(from, to), unresolved, place };
  const shift = contentStart - place.start;
  const column = place.column + shift;
  return {
    text: text.slice(from, to),
    unresolved,
    contentStart: contentStart + from,
    place: {
      ...place,
      start: contentStart + from,
      end: contentStart + to,
      column: column + from,
      endLine: place.line,
      endColumn: column + to,
    },
  };
}

/** The trimmed parts of a text between separators, each with its own place; empty ones are left out. */
export function splitText(whole: Text, separator: string): Text[] {
  const parts: Text[] = [];
  let from = 0;
  for (const raw of whole.text.split(separator)) {
    const lead = raw.length - raw.trimStart().length;
    const part = raw.trim();
    if (part !== '') parts.push(partOf(whole, from + lead, from + lead + part.length));
    from += raw.length + separator.length;
  }
  return parts;
}

export function textOf(scalar: Scalar): Text {
  const { text, place, unresolved, contentStart } = scalar;
  return { text, place, unresolved, contentStart };
}

export const asMap = (value: Value | undefined): Mapping | undefined =>
  value?.kind === 'map' ? value : undefined;
export const asList = (value: Value | undefined): Sequence | undefined =>
  value?.kind === 'list' ? value : undefined;
export const asScalar = (value: Value | undefined): Scalar | undefined =>
  value?.kind === 'scalar' ? value : undefined;

/** The value below a key of a mapping; undefined for anything else. */
export const valueAt = (value: Value | undefined, key: string): Value | undefined =>
  asMap(value)?.entries.get(key)?.value;

/** Every scalar in a value, however deep; in a mapping those of its values, and its items where a list was written out as one. */
export function scalarsIn(value: Value | undefined): Scalar[] {
  if (value === undefined) return [];
  if (value.kind === 'scalar') return [value];
  if (value.kind === 'list') return value.items.flatMap(scalarsIn);
  return [...value.entries.values()].flatMap(({ value: inner, item }) => (item ? [item] : scalarsIn(inner)));
}

/** A non-null scalar below a key, as a text. */
export function textAt(value: Value | undefined, key: string): Text | undefined {
  const scalar = asScalar(valueAt(value, key));
  return scalar && scalar.value !== null ? textOf(scalar) : undefined;
}

/** Own keys win over merged ones, and what is merged first wins over what comes later. */
export function withMerged(
  own: ReadonlyMap<string, Entry>,
  merged: readonly Mapping[],
): ReadonlyMap<string, Entry> {
  if (merged.length === 0) return own;
  const all = new Map<string, Entry>();
  for (const { entries } of merged)
    for (const [key, entry] of entries) if (!all.has(key)) all.set(key, entry);
  for (const [key, entry] of own) all.set(key, entry);
  return all;
}
