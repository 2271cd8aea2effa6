import { table, words } from '../src/report/markdown.ts';
import type { Result } from './results.ts';
import type { Goal, Unit } from './row.ts';
import type { Spread } from './statistics.ts';

/** What a bench leaves. */
export interface ResultsFile {
  readonly circumstances: Circumstances;
  readonly results: readonly Result[];
}

/** A language of the table. */
export interface Language {
  readonly head: readonly string[];
  /** Of numbers, as Intl knows it. */
  readonly locale: string;
  readonly yes: string;
  readonly no: string;
  /** What stands before a figure. */
  readonly colon: string;
  readonly reference: string;
  readonly units: Readonly<Record<Unit, string>>;
  /** How it was measured, as a sentence. */
  readonly circumstances: (circumstances: Circumstances, figure: (value: number) => string) => string;
  /** A text of the rows in this language. @throws Error for one that it does not know */
  readonly say: (text: string) => string;
}

/** What the figures depend on besides the code. */
export interface Circumstances {
  /** Day, in ISO 8601. */
  readonly day: string;
  readonly cores: number;
  readonly rounds: number;
  /** Of the computer, over a minute, at the start of each row: of all that ran on it. */
  readonly load: Spread;
}

export const ENGLISH: Language = {
  head: ['What', 'Before', 'Now', 'Now / before', 'Reference', 'Now / reference', 'Goal', 'Met'],
  locale: 'en-US',
  ...{ yes: 'yes', no: 'no', colon: ':', reference: 'the reference' },
  units: { s: 's', ms: 'ms', MiB: 'MiB', 'messages/s': 'a second', '': '' },
  circumstances: ({ day, cores, rounds, load }, figure) =>
    `Measured on ${day} on ${cores} cores in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; load of the computer from ` +
    `${figure(load.min)} to ${figure(load.max)}.`,
  say: text => text,
};

/** A file of results as Markdown. */
export function renderPage({ results, circumstances }: ResultsFile, language: Language): string {
  const said = language.circumstances(circumstances, value => figureOf(value, language));
  return `${renderTable(results, language)}\n\n${said}`;
}

/** The table: medians, in parentheses the least and the greatest; ratios of single rounds, their median. */
function renderTable(results: readonly Result[], language: Language): string {
  return table(
    language.head.map(words),
    results.map(result => cells(result, language)),
  ).join('\n');
}

function cells(result: Result, language: Language): string[] {
  const { what, unit, before, now, toBefore, reference, ratio, goal, met } = result;
  return [
    language.say(what),
    typeof before === 'object' ? inWords(before, unit, language) : before ? language.say(before) : '',
    inWords(now, unit, language),
    toBefore ? figureOf(toBefore.median, language) : '',
    reference ? `${language.say(reference.what)}${language.colon} ${inWords(reference, unit, language)}` : '',
    ratio ? figureOf(ratio.median, language) : '',
    goal ? goalInWords(goal, unit, language) : '',
    met === undefined ? '' : met ? language.yes : language.no,
  ];
}

function goalInWords(goal: Goal, unit: Unit, language: Language): string {
  if ('timesReference' in goal) return `≤ ${figureOf(goal.timesReference, language)} × ${language.reference}`;
  return 'atMost' in goal
    ? `≤ ${withUnit(goal.atMost, unit, language)}`
    : `≥ ${withUnit(goal.atLeast, unit, language)}`;
}

function inWords({ median, min, max }: Spread, unit: Unit, language: Language): string {
  const spread = min === max ? '' : ` (${figureOf(min, language)}–${figureOf(max, language)})`;
  return `${withUnit(median, unit, language)}${spread}`;
}

const withUnit = (value: number, unit: Unit, language: Language) =>
  `${figureOf(value, language)} ${language.units[unit]}`.trimEnd();

/** Two digits after the point below ten, one below a hundred, none above, and none of a whole number. */
function figureOf(value: number, { locale }: Language): string {
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 100 ? 0 : size < 10 ? 2 : 1;
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
