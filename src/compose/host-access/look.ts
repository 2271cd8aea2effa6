import { placeholderOf } from '../reader/always-set.ts';
import type { ComposeModel } from '../reader/model.ts';
import type { Place } from '../reader/place.ts';
import { type Scalar, scalarsIn, type Value } from '../reader/value.ts';

/** Something of the machine that a compose file hands to a container, or takes from outside of its own folder. */
export interface HostAccess {
  readonly place: Place;
  /** One sentence or two: what it is and what comes of it. */
  readonly message: string;
  /** The same for what is one decision of the author: one kind of access, or one service's mounts. */
  readonly cause: string;
}

/** How a part of a compose file is looked at. */
export type Look = { readonly model: ComposeModel } & (
  | {
      /** Whoever wrote the file is trusted with nothing: what only may be access counts, too. */
      readonly isStranger: true;
    }
  | {
      readonly isStranger: false;
      /** How many folders above that of the first compose file are of the same repository. */
      readonly foldersAbove: number;
    }
);

/**
 * The texts in a value that are access.
 * @param isAccess judges a text without white space around it
 */
export function textsThat(
  value: Value | undefined,
  { isStranger }: Look,
  isAccess: (text: string) => boolean,
): Scalar[] {
  return scalarsIn(value).filter(scalar =>
    isStranger && isOpen(scalar)
      ? true
      : scalar.value !== null && (isStranger || isKnown(scalar)) && isAccess(scalar.text.trim()),
  );
}

/** What an unset variable leaves of a text is not what its author mounts: of that only a stranger's file is judged. */
export const isKnown = ({ unresolved }: Scalar): boolean =>
  unresolved.every(name => placeholderOf(name) !== undefined);

/** The text comes from a variable, which may have another value on the machine. */
export const isOpen = ({ isFilledIn }: Scalar): boolean => isFilledIn === true;

/** What Compose takes for false, and what says nothing. */
export const isOff = (text: string): boolean => /^(false|no|off|n|f|0|)$/i.test(text);
