import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorsInFrench, FRENCH_ERRORS_FILE } from '../../../script/french-errors.ts';
import { ERRORS } from '../../../src/error-codes.ts';

const errors = { 'no-sudo': { meaning: 'It cannot.', hint: 'Let it.' } };
const french = `
no-sudo:
  meaning: { en: It cannot., fr: Il ne peut pas. }
  hint: { en: Let it., fr: Autorisez-le. }
`;
const problemsOf = (yml: string) => {
  try {
    return errorsInFrench(errors, yml);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('errorsInFrench', () => {
  it('takes meanings and hints from the French file', () => {
    expect(errorsInFrench(errors, french)).toEqual({
      'no-sudo': { meaning: 'Il ne peut pas.', hint: 'Autorisez-le.' },
    });
  });

  it('tells everything that is missing at once', () => {
    const missing = [
      'docs/fr/errors.fr.yml: the meaning of no-sudo has no French text: add it below no-sudo, with fr, and en: "It cannot."',
      'docs/fr/errors.fr.yml: the hint of no-sudo has no French text: add it below no-sudo, with fr, and en: "Let it."',
    ];
    expect(problemsOf('')).toEqual(missing);
    expect(problemsOf('no-sudo:')).toEqual(missing);
    expect(problemsOf('no-sudo: { meaning: , hint: { en: Let it. } }')).toEqual(missing);
  });

  it('tells a code that src/error-codes.ts does not have', () => {
    expect(problemsOf(`${french}\nold-code: { meaning: { en: a, fr: b }, hint: { en: c, fr: d } }`)).toEqual([
      'docs/fr/errors.fr.yml: src/error-codes.ts has no code old-code: remove it',
    ]);
  });

  it('tells a translation that is older than its original', () => {
    expect(problemsOf(french.replace('en: Let it.', 'en: Allow it.'))).toEqual([
      'docs/fr/errors.fr.yml: the hint of no-sudo is worded otherwise in src/error-codes.ts now: ' +
        'bring fr up to date, and en: "Let it."',
    ]);
  });

  it('has every code of src/error-codes.ts', () => {
    const all = Object.entries(errorsInFrench(ERRORS, readFileSync(FRENCH_ERRORS_FILE, 'utf8')));
    expect(all.map(([code]) => code)).toEqual(Object.keys(ERRORS));
    for (const [, { meaning }] of all) expect(meaning).toMatch(/\.$/);
  });
});
