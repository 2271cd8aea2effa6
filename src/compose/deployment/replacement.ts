import { ActionError } from '../../errors.ts';
import { lowestFree, type PlannedMachine } from './node-plan.ts';

/** A machine of a cluster, of which it is known whether it has data of a node. */
interface FoundMachine extends PlannedMachine {
  readonly hasData?: boolean;
}

interface ReplacementOptions {
  /** The lost machine, as messages call it. */
  readonly old: { readonly name: string };
  /** The name of the machine that takes its node. */
  readonly successor: string;
  readonly controllers: number;
}

/**
 * Gives the id of the node that is missing to the machine that takes over. One that has data of a node already has done so in an
 * earlier run: nothing is changed then. Settings alone are those of a run that did not come to its end.
 * @throws ActionError `controller-missing` when more than one is missing; `replacement-refused`
 */
export function replacing<T extends FoundMachine>(
  machines: readonly T[],
  { old, successor, controllers }: ReplacementOptions,
): (T & { readonly inPlaceOf?: string })[] {
  const known = machines.flatMap(({ name, nodeId }) => (name === successor ? [] : (nodeId ?? [])));
  const controllerIds = Array.from({ length: controllers }, (_, index) => index + 1);
  const missing = controllerIds.filter(id => !known.includes(id));
  return machines.map(machine => {
    if (machine.name !== successor) return machine;
    if (machine.hasData) {
      refuseOther(machine, missing, old.name);
      return machine;
    }
    if (known.length === 0)
      throw refused(`${old.name} was no machine of a cluster: none of those in host has data of one`);
    if (missing.length > 1)
      throw new ActionError(
        'controller-missing',
        `nodes ${missing.join(', ')} are missing, and one machine at a time can be replaced: name the others in host`,
      );
    const nodeId = missing[0] ?? lowestFree(new Set(known));
    if (nodeId === 1)
      throw refused(
        `${old.name} had node 1, whose machine has the authority that all certificates are of and the schema registry: it is not replaced. Bring that machine back from a snapshot of its disk`,
      );
    const { clusterId: _, controllers: __, ...rest } = machine;
    return { ...(rest as T), nodeId, inPlaceOf: old.name };
  });
}

/** @throws ActionError when the machine is another node, and the lost one is still missing */
function refuseOther({ name, nodeId }: FoundMachine, missing: readonly number[], old: string): void {
  const left = missing.filter(id => id !== nodeId);
  if (left.length > 0)
    throw refused(
      `${name} has the data of node ${nodeId} and cannot become node ${left.join(', ')} in place of ${old}: name a machine without data`,
    );
}

const refused = (why: string) => new ActionError('replacement-refused', why);
