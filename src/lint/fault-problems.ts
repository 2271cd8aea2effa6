import type { Fault, FaultKind } from '../compose/reader/fault.ts';
import type { Problem } from './rule.ts';

/** The faults that the reader found, as problems of the rule that explains them. @param hint where a fault has none of its own */
export function faultProblems(faults: readonly Fault[], kind: FaultKind, hint: string): Problem[] {
  return faults
    .filter(fault => fault.kind === kind)
    .map(({ place, message, hint: exact = hint }) => ({ place, message, hint: exact }));
}
