import type { ComposeModel } from '../reader/model.ts';
import type { Place } from '../reader/place.ts';
import { type Scalar, scalarsIn, type Value } from '../reader/value.ts';

/** Something of the machine that a compose file hands to a container, or takes from outside of its own folder. */
export interface HostAccess {
  readonly place: Place;
  /** One sentence or two: what it is and what comes of it. */
  readonly message: string;
  /** Many files do it on purpose, and it makes nobody root by itself: it counts only of whoever is trusted with nothing. */
  readonly isUsual?: boolean;
}

/** How a part of a compose file is looked at. */
export interface Look {
  readonly model: ComposeModel;
  /** Whoever wrote the file is trusted with nothing: what only may be access counts, too. */
  readonly isStranger: boolean;
}

/**
 * The texts in a value that are access.
 * @param isAccess judges a text without white space around it
 */
export function textsThat(
  value: Value | undefined,
  { isStranger }: Look,
  isAccess: (text: string) => boolean,
): Scalar[] {
  return scalarsIn(value).filter(
    scalar => (isStranger && isOpen(scalar)) || (scalar.value !== null && isAccess(scalar.text.trim())),
  );
}

/** The text comes from a variable, which may have another value on the machine. */
export const isOpen = ({ isFilledIn }: Scalar): boolean => isFilledIn === true;

/** What Compose takes for false, and what says nothing. */
export const isOff = (text: string): boolean => /^(false|no|off|n|f|0|)$/i.test(text);
