import type { Config, MachineMode } from './config.ts';
import { type ComposeChoice, parseComposeChoice } from './deployment-inputs.ts';
import { InputReader } from './input-reader.ts';
import type { RawInputs } from './inputs.ts';
import { refuse, refuseLengths } from './refusal.ts';

/** A run with all that it needs to know. */
export type Task =
  | { readonly mode: MachineMode; readonly config: Config }
  | { readonly mode: 'lint'; readonly compose: ComposeChoice };

/** Whether the inputs ask for `mode: lint`, which needs no machine: then no other input is looked at. */
export const asksForLint = (raw: RawInputs): boolean => new InputReader(raw).text('mode') === 'lint';

/** @returns what `mode: lint` is to judge @throws ActionError that names every problem at once */
export function parseLint(raw: RawInputs): ComposeChoice {
  const input = new InputReader(raw);
  refuseLengths(input);
  const compose = parseComposeChoice(input);
  if (compose.files.length === 0)
    input.problem(['compose-file', 'mode'], 'mode lint judges a compose file: name one');
  refuse(input);
  return compose;
}
