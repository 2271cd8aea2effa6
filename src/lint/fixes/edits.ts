import type { Place, SourceText } from '../../compose/reader/place.ts';
import type { Edit } from '../rule.ts';

export const replacePlace = ({ file, start, end }: Place, text: string): Edit => ({ file, start, end, text });

/** Takes out the whole lines of a place, when nothing else but white space and a comment stands on them. */
export function removeLines(source: SourceText, { file, start, end }: Place): Edit | undefined {
  const from = source.lineStart(start);
  const to = source.lineEnd(end);
  const around = source.text.slice(from, start) + source.text.slice(end, to).replace(/\s#.*$/s, '');
  if (around.trim() !== '') return undefined;
  const next = source.text.startsWith('\r\n', to) ? to + 2 : Math.min(to + 1, source.text.length);
  return { file, start: from, end: next, text: '' };
}

/** Puts lines below the line on which an offset stands. */
export function insertBelow(source: SourceText, offset: number, lines: readonly string[]): Edit {
  const at = source.lineEnd(offset);
  const text = lines.map(line => source.lineBreak + line).join('');
  return { file: source.file, start: at, end: at, text };
}
