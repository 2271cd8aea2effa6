import type { Context } from '../../context.ts';
import type { Place, Step } from '../step.ts';

/** A machine of a cluster over several machines, as it was found before anything was changed. */
export interface NodeMachine {
  /** As the input `host` names it, and as messages do: `10.0.1.5`, `kafka-1.example.org`. */
  readonly name: string;
  /** Its private address: what its node binds and advertises to the others. */
  readonly address: string;
  /** What the volume on it says; none for a machine without data. */
  readonly nodeId?: number;
  /** The id of the cluster that the volume on it is of. */
  readonly clusterId?: string;
  /** The machine whose node it takes over in this run. */
  readonly inPlaceOf?: string;
}

/** What works on one machine of several. */
export interface PlacedContext extends Context {
  readonly machine: NodeMachine;
}

/** The step on that machine: its title says so, and what it needs is done there. */
export const placed = (step: Step, place: Place): Step => ({
  ...step,
  title: `${step.title} · ${place.name}`,
  place,
});
