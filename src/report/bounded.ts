import type { Report } from './report.ts';

/** The largest report, in bytes of its JSON: what a job summary may have, and what readers of the outputs take. */
const LARGEST_BYTES = 2 ** 20;
/** Room for the sentences that say what is left out, and for the indentation of the file. */
const AIM_BYTES = 600_000;

/**
 * How much of each text and of each list is kept, in characters and items; the later ones are for reports that need it. No run has
 * as many steps, or parts of a cluster: what the outputs count stays.
 */
const LEVELS = [
  { text: 65_536, items: 10_000 },
  { text: 8_192, items: 1_000 },
  { text: 2_048, items: 200 },
  { text: 512, items: 50 },
  { text: 128, items: 50 },
  { text: 32, items: 50 },
] as const;
/** Most of what is left out that is named one by one. */
const MOST_TOLD = 20;

type Level = (typeof LEVELS)[number];

/**
 * The report within its bounds, whatever a machine has said: of long texts the beginning is kept, and of long lists the first
 * items. `leftOut` says where. A report that fits comes back as it is.
 * @param report as plain JSON
 */
export function bounded(report: Report): Report {
  if (sizeOf(report) <= AIM_BYTES && longestIn(report) <= LEVELS[0].text) return report;
  let smaller = report;
  for (const level of LEVELS) {
    smaller = shortened(report, level);
    if (sizeOf(smaller) <= AIM_BYTES) break;
  }
  return smaller;
}

/** Text that goes to a place with the same bound, such as the job summary. */
export function boundedText(text: string): string {
  if (Buffer.byteLength(text) <= LARGEST_BYTES - 1_024) return text;
  const kept = Buffer.from(text)
    .subarray(0, LARGEST_BYTES - 1_024)
    .toString();
  return `${kept}\n\nThe rest is left out: it is too much for a job summary.\n`;
}

const sizeOf = (report: Report) => Buffer.byteLength(JSON.stringify(report));

function longestIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((longest, each) => Math.max(longest, longestIn(each)), 0);
}

function shortened(report: Report, level: Level): Report {
  const leftOut: string[] = [];
  const smaller = smallerOf(report, '', level, leftOut) as Report;
  const more = leftOut.length - MOST_TOLD;
  const told = [...leftOut.slice(0, MOST_TOLD), ...(more > 0 ? [`${more} more places`] : [])];
  return { ...smaller, leftOut: told };
}

function smallerOf(value: unknown, path: string, level: Level, leftOut: string[]): unknown {
  const { text, items } = level;
  if (typeof value === 'string') {
    if (value.length <= text) return value;
    leftOut.push(`${path}: ${value.length - text} characters`);
    return `${value.slice(0, text)}…`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    if (value.length > items) leftOut.push(`${path}: ${value.length - items} of ${value.length} items`);
    return value.slice(0, items).map((each, index) => smallerOf(each, `${path}[${index}]`, level, leftOut));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      smallerOf(each, path === '' ? name : `${path}.${name}`, level, leftOut),
    ]),
  );
}
