import type { Place } from './place.ts';

/** What the reader itself can find wrong, before any rule about Kafka: the ids of the rules that explain it. */
export type FaultKind =
  | 'yaml-syntax'
  | 'yaml-limit'
  | 'compose-schema'
  | 'interpolation'
  | 'variable-unset'
  | 'undefined-reference'
  | 'file-unread'
  | 'file-refused'
  | 'include-not-followed';

export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly place: Place;
}
