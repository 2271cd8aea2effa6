import type { Figures, Goal, Line, Row, Unit } from './row.ts';
import { ratiosOf, type Spread, spreadOf } from './statistics.ts';

/** A row with its measurements, in the order of the rounds. */
export interface Measured {
  readonly row: Row;
  readonly rounds: readonly Figures[];
}

/** A line of the table, measured. Ratios are those of single rounds. */
export interface Result {
  readonly row: string;
  readonly what: string;
  readonly unit: Unit;
  readonly before?: string;
  readonly now: Spread;
  readonly reference?: Spread & { readonly what: string };
  readonly ratio?: Spread;
  readonly goal?: Goal;
  readonly met?: boolean;
  readonly rounds: number;
}

/** What the measurements of a row say; lines that were never measured are left out. */
export function resultsOf({ row, rounds }: Measured): Result[] {
  return row.lines.flatMap(line => {
    const values = valuesOf(rounds, line.figure);
    if (values.length === 0) return [];
    const { what, unit, before, goal } = line;
    const figures = { now: spreadOf(values), ...compared(line, rounds) };
    const met = goal && isMet(goal, figures);
    return [{ row: row.name, what, unit, before, ...figures, goal, met, rounds: values.length }];
  });
}

function compared(
  { figure, reference }: Line,
  rounds: readonly Figures[],
): Pick<Result, 'reference' | 'ratio'> {
  if (!reference) return {};
  const both = rounds.filter(round => round[figure] !== undefined && round[reference.figure] !== undefined);
  if (both.length === 0) return {};
  const references = valuesOf(both, reference.figure);
  return {
    reference: { what: reference.what, ...spreadOf(references) },
    ratio: spreadOf(ratiosOf(valuesOf(both, figure), references)),
  };
}

function isMet(goal: Goal, { now, ratio }: Pick<Result, 'now' | 'ratio'>): boolean | undefined {
  if ('atMost' in goal) return now.median <= goal.atMost;
  if ('atLeast' in goal) return now.median >= goal.atLeast;
  return ratio && ratio.median <= goal.timesReference;
}

const valuesOf = (rounds: readonly Figures[], name: string) =>
  rounds.flatMap(round => {
    const value = round[name];
    return value === undefined ? [] : [value];
  });
