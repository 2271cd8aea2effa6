/** What several measurements of one thing say together. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * @param values in any order
 * @throws RangeError for no values
 */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError('nothing was measured');
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/**
 * The ratios of two things that were measured in turn, round by round: what slows both down cancels out.
 * @returns none where a round lacks one of the two, or the second is zero
 */
export function ratiosOf(values: readonly number[], references: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const reference = references[round];
    return reference === undefined || reference === 0 ? [] : [value / reference];
  });
}
