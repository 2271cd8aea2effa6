import type { Step } from '../step.ts';

/** A machine that leaves the cluster, with what it is of it. */
export interface LeavingNode {
  /** As the input `remove-hosts` names it. */
  readonly name: string;
  /** The broker that is to leave; none where the machine has none in the cluster any more. */
  readonly nodeId: number | undefined;
  /** The steps that stop the node on its machine and take it down; none where the machine does not answer. */
  readonly down: readonly Step[];
}

/** The ids of the brokers that leave. */
export const idsOf = (leaving: readonly LeavingNode[]): number[] =>
  leaving.flatMap(({ nodeId }) => nodeId ?? []);
