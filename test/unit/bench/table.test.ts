import { describe, expect, it } from 'vitest';
import type { Result } from '../../../bench/results.ts';
import { ROWS } from '../../../bench/rows.ts';
import { ENGLISH, renderPage } from '../../../bench/table.ts';
import { FRENCH } from '../../../script/figures.ts';

const RESULT: Result = {
  ...{ row: 'bare', what: 'bare machine → proven', unit: 's', before: '87 s', rounds: 3 },
  now: { median: 12.34, min: 1, max: 1234.5 },
  reference: { what: '`ssh host true`', median: 0.2, min: 0.2, max: 0.2 },
  ratio: { median: 0.6, min: 0.5, max: 0.7 },
  ...{ goal: { timesReference: 0.65 }, met: true },
};
const CIRCUMSTANCES = { day: '2026-11-27', cores: 2, rounds: 3, load: { median: 2, min: 0.5, max: 12.34 } };
const linesOf = (result: Result, language = ENGLISH) =>
  renderPage({ results: [result], circumstances: CIRCUMSTANCES }, language).split('\n');
const lineOf = (result: Result, language = ENGLISH) => linesOf(result, language)[2];

describe('renderPage', () => {
  it('shows medians and spreads with their units, the ratio and the goal', () => {
    expect(lineOf(RESULT)).toBe(
      '| bare machine → proven | 87 s | 12.3 s (1–1,235) |  | `ssh host true`: 0.20 s | 0.60 ' +
        '| ≤ 0.65 × the reference | yes |',
    );
  });

  it('shows what the earlier build took in turn, and the ratio', () => {
    const before = { median: 30, min: 28, max: 32 };
    const toBefore = { median: 0.41, min: 0.4, max: 0.5 };
    expect(lineOf({ ...RESULT, before, toBefore })).toContain('| 30 s (28–32) | 12.3 s (1–1,235) | 0.41 |');
  });

  it('leaves empty what there is not', () => {
    const { row, what, unit, now, rounds } = RESULT;
    expect(lineOf({ row, what, unit, now, rounds })).toBe(
      '| bare machine → proven |  | 12.3 s (1–1,235) |  |  |  |  |  |',
    );
  });

  it.each([
    [{ atMost: 200 }, 'MiB', '| ≤ 200 MiB | no |'],
    [{ atLeast: 100_000 }, 'messages/s', '| ≥ 100,000 a second | no |'],
  ] as const)('shows the bound %j', (goal, unit, end) => {
    expect(lineOf({ ...RESULT, goal, unit, met: false })).toContain(end);
  });

  it('says how it was measured', () => {
    expect(linesOf(RESULT).at(-1)).toBe(
      'Measured on 2026-11-27 on 2 cores in 3 rounds; load of the computer from 0.50 to 12.3.',
    );
    expect(linesOf(RESULT, FRENCH).at(-1)).toBe(
      "Mesuré le 27 novembre 2026 sur 2 cœurs, en 3 tours ; charge de l'ordinateur : de 0,50 à 12,3.",
    );
  });

  it('speaks French', () => {
    expect(lineOf(RESULT, FRENCH)).toBe(
      '| de la machine nue à la preuve | 87 s | 12,3 s (1–1\u202f235) |  | `ssh host true` : 0,20 s | 0,60 ' +
        '| ≤ 0,65 × la référence | oui |',
    );
  });
});

describe('every text of the rows of the tables', () => {
  const texts = ROWS.filter(({ name }) => !name.startsWith('scale-')).flatMap(({ lines }) =>
    lines.flatMap(({ what, before, reference }) => [what, before ?? what, reference?.what ?? what]),
  );

  it.each([...new Set(texts)])('%s: has its French', text => {
    expect(FRENCH.say(text)).not.toBe('');
  });
});
