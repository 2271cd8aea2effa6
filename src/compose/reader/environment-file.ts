import { interpolate, type Lookup } from './interpolate.ts';
import type { SourceText } from './place.ts';
import type { Text } from './value.ts';

export interface Variable {
  readonly name: Text;
  readonly value: Text;
}

/**
 * Reads the `NAME=VALUE` lines of an `env_file` or a `.env`: comments, `export`, both kinds of quotes, variables.
 * A name alone takes its value from the environment of Compose.
 * Source: https://docs.docker.com/reference/compose-file/services/#env_file-format
 */
export function readEnvironmentFile(source: SourceText, lookup: Lookup): Variable[] {
  const variables: Variable[] = [];
  const known = new Map<string, string>();
  const find: Lookup = name => lookup(name) ?? known.get(name);
  const { text } = source;
  let at = 0;
  while (at < text.length) {
    const lineEnd = source.lineEnd(at);
    const found = nameOn(text.slice(at, lineEnd));
    if (!found) {
      at = nextLine(text, lineEnd);
      continue;
    }
    const { name, sign } = found;
    const nameStart = at + found.start;
    const read = sign < 0 ? undefined : readValue(text, at + sign + 1, lineEnd);
    const value = read ? valueText(read, find) : inherited(name, lookup);
    const end = read?.end ?? lineEnd;
    known.set(name, value.text);
    const place = source.place(nameStart, end);
    variables.push({
      name: { text: name, place: source.place(nameStart, nameStart + name.length), unresolved: [] },
      value: { ...value, place },
    });
    at = nextLine(text, source.lineEnd(end));
  }
  return variables;
}

/** The name that a line gives a value, where it begins, and where the equals sign stands; -1 without one. */
function nameOn(line: string): { name: string; start: number; sign: number } | undefined {
  const sign = line.indexOf('=');
  const before = sign < 0 ? line : line.slice(0, sign);
  const exported = /^\s*export\s/.exec(before)?.[0].length ?? 0;
  const name = before.slice(exported).trim();
  if (name === '' || name.startsWith('#')) return undefined;
  return { name, start: before.indexOf(name, exported), sign };
}

interface RawValue {
  readonly raw: string;
  readonly quote: string;
  readonly end: number;
}

function readValue(text: string, from: number, lineEnd: number): RawValue {
  const start = from + (/^[ \t]*/.exec(text.slice(from, lineEnd))?.[0].length ?? 0);
  const quote = text[start] ?? '';
  if (quote === '"' || quote === "'") {
    const close = closingQuote(text, start + 1, quote);
    if (close >= 0) return { raw: text.slice(start + 1, close), quote, end: close + 1 };
  }
  const raw = text
    .slice(start, lineEnd)
    .replace(/(^|\s)#.*$/s, '')
    .trimEnd();
  return { raw, quote: '', end: start + raw.length };
}

/** Longer than a key or a certificate: a quote that is not closed by then is no quote. */
const MAX_QUOTED = 16 * 1024;

/** A quoted value may go on over several lines. */
function closingQuote(text: string, from: number, quote: string): number {
  const end = Math.min(text.length, from + MAX_QUOTED);
  for (let at = from; at < end; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function valueText(
  { raw, quote }: RawValue,
  lookup: Lookup,
): { text: string; unresolved: readonly string[] } {
  if (quote === "'") return { text: raw, unresolved: [] };
  const plain = quote === '"' ? raw.replaceAll(/\\(["\\])/g, '$1').replaceAll('\\n', '\n') : raw;
  const { text, unresolved } = interpolate(plain, lookup);
  return { text, unresolved };
}

function inherited(name: string, lookup: Lookup): { text: string; unresolved: readonly string[] } {
  const value = lookup(name);
  return { text: value ?? '', unresolved: value === undefined ? [name] : [] };
}

const nextLine = (text: string, lineEnd: number) => {
  const lineBreak = text.indexOf('\n', lineEnd);
  return lineBreak < 0 ? text.length : lineBreak + 1;
};
