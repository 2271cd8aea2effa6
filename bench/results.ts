import { earlierName } from './earlier.ts';
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
  readonly before?: string | Spread;
  /** Of this build to the earlier one. */
  readonly toBefore?: Spread;
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
    const { what, unit, goal } = line;
    const figures = { now: spreadOf(values), ...besideEarlier(line, rounds), ...compared(line, rounds) };
    const met = goal && isMet(goal, figures);
    return [{ row: row.name, what, unit, ...figures, goal, met, rounds: values.length }];
  });
}

function compared(
  { figure, reference }: Line,
  rounds: readonly Figures[],
): Pick<Result, 'reference' | 'ratio'> {
  const both = reference && besideEachOther(rounds, figure, reference.figure);
  return both ? { reference: { what: reference.what, ...both.other }, ratio: both.ratio } : {};
}

function besideEarlier(
  { figure, before }: Line,
  rounds: readonly Figures[],
): Pick<Result, 'before' | 'toBefore'> {
  const both = besideEachOther(rounds, figure, earlierName(figure));
  return both ? { before: both.other, toBefore: both.ratio } : { before };
}

/** Only rounds that have both count. @returns undefined when there are none */
function besideEachOther(
  rounds: readonly Figures[],
  figure: string,
  other: string,
): { readonly other: Spread; readonly ratio: Spread } | undefined {
  const both = rounds.filter(round => round[figure] !== undefined && round[other] !== undefined);
  if (both.length === 0) return undefined;
  const others = valuesOf(both, other);
  return { other: spreadOf(others), ratio: spreadOf(ratiosOf(valuesOf(both, figure), others)) };
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
