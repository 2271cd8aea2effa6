import type { Fault } from '../fault.ts';
import type { ComposeModel } from '../model.ts';
import { consistencyFaults } from './consistency.ts';
import { cycleFaults } from './cycles.ts';
import { undefinedReferences } from './references.ts';
import { valueFaults } from './value-faults.ts';

/**
 * All that Compose refuses in a project whose files follow the schema.
 * @param profiles that are switched on
 */
export function projectFaults(model: ComposeModel, profiles: readonly string[]): Fault[] {
  return [
    ...valueFaults(model),
    ...consistencyFaults(model),
    ...undefinedReferences(model, profiles),
    ...(model.complete ? cycleFaults(model) : []),
  ];
}
