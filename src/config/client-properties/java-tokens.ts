/** What java.io.StreamTokenizer finds: a word or a quoted text, which have a value, or a number or a character, which have none. */
export interface Token {
  readonly value?: string;
  /** A character by itself. */
  readonly character?: string;
}

/**
 * In the order in which Java looks: blanks and comments (a slash begins one to the end of the line, wherever it stands outside
 * of quotes); a number, which ends before its second dot; a word; a text in quotes, which ends with the line if nothing else ends
 * it; any other character. Kafka makes letters of `-`, `_` and `$`; the characters from U+00A0 on are letters in any case.
 */
const TOKEN =
  /([\0- ]+|\/\*[\s\S]*?(?:\*\/|$)|\/[^\r\n]*)|(-?(?:\d+\.?\d*|\.\d*))|([A-Za-z_$\u00a0-\uffff][-\w.$\u00a0-\uffff]*)|("(?:\\[\s\S]|[^"\\\r\n])*"?|'(?:\\[\s\S]|[^'\\\r\n])*'?)|([\s\S])/g;

/** The tokens of a text, as Kafka sets java.io.StreamTokenizer up for `sasl.jaas.config`. */
export function* javaTokens(text: string): Generator<Token> {
  for (const [, skipped, number, word, quoted, character] of text.matchAll(TOKEN)) {
    if (skipped !== undefined) continue;
    if (number !== undefined) yield {};
    else if (quoted !== undefined) yield { value: textIn(quoted) };
    else yield word === undefined ? { character } : { value: word };
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** What a text in quotes says: C's escapes stand in it, octal numbers among them. */
function textIn(quoted: string): string {
  const quote = quoted.charAt(0);
  const body = quoted.slice(1);
  return body.replaceAll(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|[\s\S])|(["'])/g, (found, escaped?: string) => {
    if (escaped === undefined) return found === quote ? '' : found;
    return /^[0-7]/.test(escaped)
      ? String.fromCharCode(Number.parseInt(escaped, 8))
      : (ESCAPES[escaped] ?? escaped);
  });
}
