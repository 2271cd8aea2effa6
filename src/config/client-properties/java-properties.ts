/** One property, as `java.util.Properties` reads it. */
export interface Property {
  readonly name: string;
  readonly value: string;
  /** Of the text, where it begins; the first one is 1. */
  readonly line: number;
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

const BLANKS = ' \t\f';

/**
 * Reads a text in the format of Java's properties files: comments, continued lines, escapes (java.util.Properties, `load`). The
 * text is one of characters: what a file in ISO 8859-1 could not say need not be written `\uXXXX`.
 * @returns the properties in their order; of a name that comes twice, Java takes the last one
 * @throws Error that names the line with a malformed `\uXXXX`
 */
export function readJavaProperties(text: string): Property[] {
  return [...logicalLines(text)].map(propertyIn);
}

/** Natural lines, joined where one ends with a backslash that is not itself escaped. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let begun: LogicalLine | undefined;
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const rest = withoutLeadingBlanks(natural);
    // Of a line that only continues nothing so far, it is not known yet whether it is a comment.
    const isFirst = begun === undefined || begun.text === '';
    if (isFirst && (rest === '' || rest[0] === '#' || rest[0] === '!')) {
      begun = undefined;
      continue;
    }
    const isContinued = trailingBackslashes(rest) % 2 === 1;
    const joined = (begun?.text ?? '') + (isContinued ? rest.slice(0, -1) : rest);
    begun = { text: joined, line: begun?.line ?? index + 1 };
    if (isContinued) continue;
    yield begun;
    begun = undefined;
  }
  if (begun !== undefined && begun.text !== '') yield begun;
}

function withoutLeadingBlanks(text: string): string {
  let at = 0;
  while (at < text.length && BLANKS.includes(text.charAt(at))) at++;
  return text.slice(at);
}

function trailingBackslashes(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === '\\') count++;
  return count;
}

/** The name ends at the first `=`, `:` or blank that is not escaped; one `=` or `:` may stand among the blanks. */
function propertyIn({ text, line }: LogicalLine): Property {
  let end = 0;
  while (end < text.length && !`=:${BLANKS}`.includes(text.charAt(end))) end += text[end] === '\\' ? 2 : 1;
  const rest = withoutLeadingBlanks(text.slice(end));
  const value = '=:'.includes(rest.charAt(0)) ? withoutLeadingBlanks(rest.slice(1)) : rest;
  return { name: unescaped(text.slice(0, end), line), value: unescaped(value, line), line };
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', f: '\f' };

function unescaped(text: string, line: number): string {
  return text.replaceAll(/\\(u[\dA-Fa-f]{4}|[\s\S])/g, (_, escaped: string) => {
    if (escaped.length > 1) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u') throw new Error(`line ${line}: a \\u is not followed by four hexadecimal digits`);
    return ESCAPES[escaped] ?? escaped;
  });
}
