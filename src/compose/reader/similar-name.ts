/**
 * The name that was most likely meant by another: few letters added, left out, changed or swapped.
 * @returns undefined when none is near
 */
export function closestName(written: string, names: Iterable<string>): string | undefined {
  const limit = allowedDistance(written);
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= least) continue;
    const apart = distance(written, name, least);
    if (apart < least) [best, least] = [name, apart];
  }
  return best;
}

/** A short name has many neighbours that mean something else. */
const allowedDistance = ({ length }: string) => (length < 5 ? 1 : length < 12 ? 2 : 3);

/**
 * Optimal string alignment distance: letters added, left out, changed, or two neighbours swapped.
 * @param limit from here on it does not matter how far the names are apart
 */
function distance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + change,
          swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    if (Math.min(...row) >= limit) return limit;
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;
