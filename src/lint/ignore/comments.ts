import { Lexer } from 'yaml';
import type { Place, SourceText } from '../../compose/reader/place.ts';

/** A comment that switches rules off. */
export interface IgnoreComment {
  /** From the number sign on. */
  readonly place: Place;
  /** What stands behind `kafka-lint:`; a comment with another word than these switches nothing off. */
  readonly word: 'ignore' | 'ignore-file' | undefined;
  readonly rules: readonly string[];
  /** The line that an `ignore` is about. */
  readonly line: number;
}

/** A longer file is not read either. */
const MAX_LENGTH = 256 * 1024;
const SIGN = /^#+\s*kafka-lint:/;
/** RULE, RULE, … and what is said about it. */
const FORM = /^#+\s*kafka-lint:\s*(?<word>\S*)\s*(?<rules>[\w-]*(?:\s*,\s*[\w-]+)*)/;

/**
 * The comments of a file that begin with `kafka-lint:`. One at the end of a line is about this line, one on a line of its own about
 * the next line that is no comment.
 * @param isYaml false for an env file, whose comments take a line of their own
 */
export function ignoreComments(source: SourceText, isYaml: boolean): IgnoreComment[] {
  if (source.text.length > MAX_LENGTH || !source.text.includes('kafka-lint:')) return [];
  const comments = isYaml ? yamlComments(source) : lineComments(source);
  const below = linesBelow(
    comments.filter(({ isAlone }) => isAlone).map(({ start }) => source.place(start).line),
  );
  return comments.flatMap(({ start, text, isAlone }) => {
    if (!SIGN.test(text)) return [];
    const place = source.place(start, start + text.length);
    const { word = '', rules = '' } = FORM.exec(text)?.groups ?? {};
    return [
      {
        place,
        line: (isAlone ? below.get(place.line) : undefined) ?? place.line,
        word: word === 'ignore' || word === 'ignore-file' ? word : undefined,
        rules: rules.split(',').flatMap(rule => rule.trim() || []),
      },
    ];
  });
}

/** For lines with nothing but a comment, in their order: the next line that is another. */
function linesBelow(lines: readonly number[]): Map<number, number> {
  const below = new Map<number, number>();
  for (const line of lines.toReversed()) below.set(line, below.get(line + 1) ?? line + 1);
  return below;
}

interface Comment {
  readonly start: number;
  readonly text: string;
  /** Nothing else stands on its line. */
  readonly isAlone: boolean;
}

/** Marks that the lexer puts between the pieces of the text: they are not in it. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f']);

/** By the lexer, because a number sign in a text is no comment. */
function yamlComments(source: SourceText): Comment[] {
  const comments: Comment[] = [];
  let at = 0;
  for (const token of new Lexer().lex(source.text)) {
    const isMark = MARKS.has(token);
    if (token.startsWith('#')) comments.push(commentAt(source, at, token));
    if (!isMark) at += token.length;
  }
  return comments;
}

function lineComments(source: SourceText): Comment[] {
  return [...source.text.matchAll(/^[ \t]*#.*$/gm)].map(({ index, 0: line }) => {
    const text = line.trimStart();
    return commentAt(source, index + line.length - text.length, text);
  });
}

const commentAt = (source: SourceText, start: number, text: string): Comment => ({
  start,
  text: text.trimEnd(),
  isAlone: source.text.slice(source.lineStart(start), start).trim() === '',
});
