/** An English text and its translation, side by side, so that a changed original is noticed. */
export interface Translation {
  readonly en?: string | null;
  readonly fr?: string | null;
}

/** An English text that is to be translated. */
export interface Original {
  /** How a message speaks of it: `the input host`. */
  readonly what: string;
  readonly text: string;
  /** The file that has the text. */
  readonly source: string;
  /** The key below which its translation stands. */
  readonly place: string;
}

/** @returns what is wrong with a translation, in a sentence; nothing for one that is up to date */
export function translationProblems(
  { what, text, source, place }: Original,
  translation: Translation | null | undefined,
): string[] {
  const { en, fr } = translation ?? {};
  const original = JSON.stringify(text);
  if (!fr) return [`${what} has no French text: add it below ${place}, with fr, and en: ${original}`];
  if (en === text) return [];
  return [`${what} is worded otherwise in ${source} now: bring fr up to date, and en: ${original}`];
}

/** @throws Error that names every problem, a line each, if there is one */
export function refuseProblems(file: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.map(problem => `${file}: ${problem}`).join('\n'));
}
