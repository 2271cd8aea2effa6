import fc from 'fast-check';
import type { Command, CommandResult, Host } from '../../../src/host/host.ts';
import { type Change, changedBy, changes, hostileText } from './mutations.ts';

/** How one answer of the machine becomes another. */
type Lie = Partial<CommandResult> | { readonly changes: readonly Change[] };

const lie = fc.oneof(
  { weight: 4, arbitrary: fc.record({ changes }) },
  { weight: 2, arbitrary: fc.record({ exitCode: fc.constant(0), stdout: hostileText }) },
  { weight: 1, arbitrary: fc.record({ exitCode: fc.constant(1), stderr: hostileText }) },
  { weight: 1, arbitrary: fc.record({ exitCode: fc.integer({ min: -1, max: 300 }) }) },
);

/** The answers that are lies, by the place of their command in the run. */
export const lies = fc
  .array(fc.tuple(fc.nat(50), lie), { minLength: 1, maxLength: 6 })
  .map(entries => new Map<number, Lie>(entries));

/** A machine that does not always say what is so. */
export function lying(host: Host, byPlace: ReadonlyMap<number, Lie>): Host {
  let place = 0;
  return {
    name: host.name,
    dial: (address, port) => host.dial(address, port),
    close: () => host.close(),
    async run(command: Command): Promise<CommandResult> {
      const told = byPlace.get(place++);
      const answer = await host.run(command);
      if (told === undefined) return answer;
      if (!('changes' in told)) return { ...answer, ...told };
      return { ...answer, stdout: changedBy(answer.stdout, told.changes) };
    },
  };
}
