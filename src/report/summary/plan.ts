import { fenced, fold, htmlText } from '../markdown.ts';
import type { Report } from '../report.ts';

/** What a plan says more exactly: the differences of files, and what a new file does to what runs. */
export function planSection({ steps }: Report): string[] {
  return steps.flatMap(({ title, foreseen = [] }) =>
    foreseen.length > 0
      ? fold(`What would change: ${htmlText(title)}`, fenced(foreseen, undefined, 'diff'))
      : [],
  );
}
