import { type InputReader, shown } from './input-reader.ts';

/** Which environments are taken down together. */
export interface SweepConfig {
  /** What no run has used for so long. */
  readonly unusedForMs: number;
}

/** In the place of an environment's name: each that is noted on the machine. */
export const ALL_ENVIRONMENTS = '*';

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS };
const LONGEST_MS = 365 * 24 * HOUR_MS;

/**
 * The inputs that ask for a sweep.
 * @returns undefined when `environment` names one, or none
 */
export function parseSweep(input: InputReader, mode: string): SweepConfig | undefined {
  if (input.text('environment') !== ALL_ENVIRONMENTS) {
    if (input.has('unused-for'))
      input.problem(
        ['unused-for', 'environment'],
        `it says which of all environments are taken down: it goes with environment "${ALL_ENVIRONMENTS}"`,
      );
    return undefined;
  }
  if (mode !== 'down' && mode !== 'plan')
    input.problem(
      ['environment', 'mode'],
      `"${ALL_ENVIRONMENTS}" is for mode down, and for mode plan, which shows what would go; mode ${mode} works on one environment: name it`,
    );
  return { unusedForMs: parseUnusedFor(input) };
}

/** A unit is asked for: seconds, as other times are given in, would be a mistake that costs data. */
function parseUnusedFor(input: InputReader): number {
  const text = input.text('unused-for');
  const [, count = '', unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (text === '')
    input.problem(
      ['unused-for', 'environment'],
      `environment "${ALL_ENVIRONMENTS}" takes down what nobody has used for so long: give it, such as 7d`,
    );
  else if (!(ms >= HOUR_MS && ms <= LONGEST_MS))
    input.problem(
      ['unused-for'],
      `${shown(text)} is not a number of hours or days from 1h to 365d, such as 12h or 7d`,
    );
  return ms;
}
