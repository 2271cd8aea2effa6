import { parse } from 'yaml';
import { refuseProblems, type Translation, translationProblems } from './translations.ts';

/** Where the French texts of the error codes are. */
export const FRENCH_ERRORS_FILE = 'docs/fr/errors.fr.yml';

/** How an error is explained. The texts are plain, not Markdown. */
export interface Explanation {
  readonly meaning: string;
  readonly hint: string;
}

export type Explanations = Readonly<Record<string, Explanation>>;

type FrenchFile = Readonly<
  Record<string, Readonly<Partial<Record<keyof Explanation, Translation | null>>> | null>
>;

/**
 * The error codes with French meanings and hints.
 *
 * @param frenchYml text of docs/fr/errors.fr.yml
 * @throws Error that names everything that is missing, superfluous or older than its original, a line each
 */
export function errorsInFrench(errors: Explanations, frenchYml: string): Explanations {
  const french = (parse(frenchYml) ?? {}) as FrenchFile;
  const superfluous = Object.keys(french).filter(code => !(code in errors));
  refuseProblems(FRENCH_ERRORS_FILE, [
    ...Object.entries(errors).flatMap(([code, explanation]) =>
      (['meaning', 'hint'] as const).flatMap(part => {
        const original = {
          what: `the ${part} of ${code}`,
          text: explanation[part],
          source: 'src/error-codes.ts',
          place: code,
        };
        return translationProblems(original, french[code]?.[part]);
      }),
    ),
    ...superfluous.map(code => `src/error-codes.ts has no code ${code}: remove it`),
  ]);
  return Object.fromEntries(
    Object.keys(errors).map(code => [
      code,
      { meaning: french[code]?.meaning?.fr ?? '', hint: french[code]?.hint?.fr ?? '' },
    ]),
  );
}
