import type { Place } from './place.ts';

/** What the reader itself can find wrong, before any rule about Kafka: the ids of the rules that explain it. */
export type FaultKind =
  | 'yaml-syntax'
  | 'yaml-limit'
  | 'compose-schema'
  | 'interpolation'
  | 'variable-unset'
  | 'variable-required'
  | 'undefined-reference'
  | 'dependency-cycle'
  | 'container-name-twice'
  | 'env-file-syntax'
  | 'file-missing'
  | 'file-unread'
  | 'file-refused'
  | 'include-not-followed';

export interface Fault {
  readonly kind: FaultKind;
  readonly message: string;
  readonly place: Place;
  /** What to write instead, where the rule has nothing as exact to say. */
  readonly hint?: string;
  /** The variable that it is about: all of its places have one cause. */
  readonly variable?: string;
  /** What makes faults about several variables one mistake. */
  readonly cause?: string;
  /** The key of a service that stands among the services. */
  readonly misplaced?: string;
  /** The file that is missing. */
  readonly path?: string;
}
