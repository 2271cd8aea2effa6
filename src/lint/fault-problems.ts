import type { Fault, FaultKind } from '../compose/reader/fault.ts';
import type { Problem } from './rule.ts';

/**
 * The faults that the reader found, as problems of the rule that explains them.
 * @param hint where a fault has none of its own
 * @param causeOf what makes faults of one rule one mistake, where several can be; the variable that they are about if nothing else
 */
export function faultProblems(
  faults: readonly Fault[],
  kind: FaultKind,
  hint: string,
  causeOf: (fault: Fault) => string | undefined = ({ cause, variable }) => cause ?? variable,
): Problem[] {
  return faults
    .filter(fault => fault.kind === kind)
    .map(fault => ({
      place: fault.place,
      cause: causeOf(fault),
      message: fault.message,
      hint: fault.hint ?? hint,
    }));
}
