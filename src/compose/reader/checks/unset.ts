import { placeholderOf } from '../always-set.ts';
import type { Fault } from '../fault.ts';
import type { Scalar, Text } from '../value.ts';

type Readable = Pick<Text, 'unresolved'>;

/** False when a variable in it has a value that only the machine knows: then nothing is said about the text. */
export const isKnown = ({ unresolved }: Readable): boolean =>
  unresolved.every(name => placeholderOf(name) === undefined);

/** Why a text is not what was meant: `, for A is not set`; nothing when every variable in it has a value. */
export function cause({ unresolved }: Readable): string {
  if (unresolved.length === 0) return '';
  return `, for ${unresolved.join(' and ')} ${unresolved.length === 1 ? 'is' : 'are'} not set`;
}

/** A text as a message shows it: hostile ones have no end. */
export const shown = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;

/** A fault of the kind that Compose's own checks are told under. */
export const refused = (message: string, { place }: Pick<Scalar, 'place'>, hint?: string): Fault => ({
  kind: 'compose-schema',
  message,
  place,
  hint,
});

/** What to do about a text that an unset variable spoils; else the hint given. */
export const orSet = ({ unresolved }: Readable, hint: string): string =>
  unresolved.length === 0 ? hint : `Give ${unresolved.join(' and ')} a value, or a default in the file.`;
