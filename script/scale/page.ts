import type { Circumstances, Language } from '../../bench/table.ts';
import { table, words } from '../../src/report/markdown.ts';
import type { Figures, Mode } from './measure.ts';

/** What was measured of so many machines. */
export interface Measured extends Figures {
  readonly mode: Mode;
  readonly machines: number;
}

/** What `script/bench-scale --json` writes. */
export interface ScaleFile {
  readonly circumstances: Circumstances;
  readonly measured: readonly Measured[];
}

/** What the page says in a language. */
export interface ScaleWords {
  readonly title: string;
  readonly axis: string;
  readonly seconds: string;
  readonly head: readonly string[];
}

export const SCALE_IN_ENGLISH: ScaleWords = {
  title: 'Seconds: plan (upper line), down (lower line)',
  axis: 'machines',
  seconds: 'seconds',
  head: [
    ...['Machines', '`plan` (s)', 'of one', 'core (s)', '`down` (s)', 'of one', 'core (s)'],
    ...['Peak memory (MiB)', 'Ways (s)', 'Report (KiB)', 'Summary (KiB)'],
  ],
};

export const SCALE_IN_FRENCH: ScaleWords = {
  title: 'Secondes : plan (ligne du haut), down (ligne du bas)',
  axis: 'machines',
  seconds: 'secondes',
  head: [
    ...['Machines', '`plan` (s)', "d'une seule", 'cœur (s)', '`down` (s)', "d'une seule", 'cœur (s)'],
    ...['Mémoire maximale (Mio)', 'Chemins (s)', 'Rapport (Kio)', 'Résumé (Kio)'],
  ],
};

/** The plot and the table of docs/scaling.md, and how they were measured. */
export function scalePage(
  { measured, circumstances }: ScaleFile,
  text: ScaleWords,
  language: Language,
): string {
  const of = (mode: Mode) => measured.filter(each => each.mode === mode);
  const [plan, down] = [of('plan'), of('down')];
  const figure = (value: number, digits = 1) =>
    value.toLocaleString(language.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const timeOf = (own: readonly Measured[], index: number) => {
    const [one, each] = [own[0], own[index]];
    if (!one || !each) return ['', '', ''];
    const { quietSeconds, processorSeconds } = each;
    return [quietSeconds, quietSeconds / one.quietSeconds, processorSeconds].map(value => figure(value));
  };
  const rows = plan.map((each, index) => [
    `${each.machines}`,
    ...timeOf(plan, index),
    ...timeOf(down, index),
    ...[figure(each.memoryMiB, 0), figure(each.waysMs / 1000)],
    ...[figure(each.reportKiB, 0), figure(each.summaryKiB, 0)],
  ]);
  const said = language.circumstances(circumstances, value => figure(value));
  return [plot([plan, down], text), '', ...table(text.head.map(words), rows), '', said].join('\n');
}

function plot(lines: readonly (readonly Measured[])[], { title, axis, seconds }: ScaleWords): string {
  const times = lines.map(line => line.map(({ quietSeconds }) => quietSeconds.toFixed(1)));
  const highest = Math.ceil(Math.max(...times.flat().map(Number)));
  return [
    ...['```mermaid', 'xychart-beta', `  title "${title}"`],
    `  x-axis "${axis}" [${(lines[0] ?? []).map(({ machines }) => machines).join(', ')}]`,
    `  y-axis "${seconds}" 0 --> ${highest}`,
    ...times.map(line => `  line [${line.join(', ')}]`),
    '```',
  ].join('\n');
}
