import { interpolate, type Lookup } from './interpolate.ts';
import type { Place, SourceText } from './place.ts';
import type { Text } from './value.ts';

export interface Variable {
  readonly name: Text;
  readonly value: Text;
}

/** What an env file sets, up to the first line that Compose cannot read: with that it refuses the project. */
export interface EnvironmentFile {
  readonly variables: readonly Variable[];
  readonly problem?: { readonly message: string; readonly place: Place };
}

/** The variables of an `env_file` or a `.env`; see {@link parseEnvironmentFile}. */
export const readEnvironmentFile = (source: SourceText, lookup: Lookup): readonly Variable[] =>
  parseEnvironmentFile(source, lookup).variables;

/**
 * Reads an `env_file` or a `.env`: `NAME=VALUE` or `NAME: VALUE`, comments, `export`, both kinds of quotes over several lines,
 * variables. A name alone takes its value from the environment of Compose.
 * Source: compose-go's `dotenv/parser.go`.
 * @param lookup variables of Compose's environment; they win over what the file has set before
 */
export function parseEnvironmentFile(source: SourceText, lookup: Lookup): EnvironmentFile {
  return new Parser(source, lookup).parse();
}

/**
 * Reads an `env_file` with `format: raw`: every line is `NAME=VALUE` to the letter, without quotes or variables.
 * Source: docker/cli's `pkg/kvfile`.
 */
export function parseRawEnvironmentFile(source: SourceText, lookup: Lookup): EnvironmentFile {
  const variables: Variable[] = [];
  const { text } = source;
  for (let at = 0; at < text.length; ) {
    const end = source.lineEnd(at);
    const line = text.slice(at, end);
    const start = at + line.length - line.trimStart().length;
    const sign = text.slice(start, end).indexOf('=');
    const nameEnd = sign < 0 ? end : start + sign;
    const name = text.slice(start, nameEnd);
    if (name !== '' && !name.startsWith('#')) {
      const value =
        sign < 0 ? inherited(name, lookup) : { text: text.slice(nameEnd + 1, end), unresolved: [] };
      variables.push({
        name: { text: name, place: source.place(start, nameEnd), unresolved: [] },
        value: { ...value, place: source.place(start, end) },
      });
    }
    at = nextLine(text, end);
  }
  return { variables };
}

/** What Compose cannot read; thrown inside the parser only. */
class Unreadable extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** White space of a line, as `isSpace` of the parser has it. */
const SPACE = /[\t\v\f\r \u0085\u00A0]/;
const NAME_CHARACTER = /[\p{L}\p{N}_.[\]-]/u;
const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
};

class Parser {
  private readonly source: SourceText;
  private readonly text: string;
  private readonly lookup: Lookup;
  private readonly known = new Map<string, string>();
  private readonly variables: Variable[] = [];
  private at = 0;

  constructor(source: SourceText, lookup: Lookup) {
    this.source = source;
    this.text = source.text;
    this.lookup = lookup;
    if (this.text.startsWith('\uFEFF')) this.at = 1;
  }

  parse(): EnvironmentFile {
    const { variables } = this;
    try {
      while (this.toStatement()) this.statement();
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      const place = this.source.place(thrown.at, this.source.lineEnd(thrown.at));
      return { variables, problem: { message: thrown.message, place } };
    }
    return { variables };
  }

  /** Goes to the next character that is neither white space nor part of a comment; false at the end. */
  private toStatement(): boolean {
    for (;;) {
      while (this.at < this.text.length && /\s|\u0085/.test(this.text.charAt(this.at))) this.at++;
      if (this.at >= this.text.length) return false;
      if (this.text[this.at] !== '#') return true;
      this.at = this.source.lineEnd(this.at);
    }
  }

  private statement(): void {
    const exported = /^export[\t\f\r ]+/.exec(this.text.slice(this.at, this.at + 100))?.[0] ?? '';
    const start = this.at + exported.length;
    const sign = this.signAfter(start);
    // A name alone counts for one only where a line break follows.
    const name = sign < this.text.length ? this.text.slice(start, sign).trimEnd() : '';
    if (start >= this.text.length) throw new Unreadable('After "export" there is no name.', this.at);
    if (name.includes(' ')) throw new Unreadable(`The name "${shown(name)}" has a space in it.`, start);
    this.at = sign + 1;
    const isInherited = this.text[sign] === '\n' || sign >= this.text.length;
    if (!isInherited) this.skipSpace();
    const value = isInherited ? inherited(name, this.lookup) : this.value();
    const end = isInherited ? start + name.length : this.at;
    if (!isInherited && value.unresolved.length === 0) this.known.set(name, value.text);
    if (name === '') return;
    this.variables.push({
      name: { text: name, place: this.source.place(start, start + name.length), unresolved: [] },
      value: { ...value, place: this.source.place(start, this.trimmed(end)) },
    });
  }

  /** Where the name that begins here ends: an equals sign, a colon, the end of the line or of the text. */
  private signAfter(start: number): number {
    let at = start;
    for (; at < this.text.length; at++) {
      const character = String.fromCodePoint(this.text.codePointAt(at) ?? 0);
      if (character === '=' || character === ':' || character === '\n') return at;
      if (SPACE.test(character)) continue;
      if (!NAME_CHARACTER.test(character)) {
        const line = this.text.slice(start, this.source.lineEnd(start));
        throw new Unreadable(`"${character}" cannot be part of a name ("${shown(line)}").`, start);
      }
      at += character.length - 1;
    }
    return at;
  }

  private skipSpace(): void {
    while (SPACE.test(this.text.charAt(this.at))) this.at++;
  }

  private value(): Pick<Text, 'text' | 'unresolved'> {
    const quote = this.text[this.at];
    if (quote === '"' || quote === "'") return this.quoted(quote);
    const start = this.at;
    const end = this.source.lineEnd(start);
    this.at = end;
    const [before = ''] = this.text.slice(start, end).split(' #', 1);
    return this.filled(before.trimEnd(), start);
  }

  /** A quoted value may go on over several lines. */
  private quoted(quote: string): Pick<Text, 'text' | 'unresolved'> {
    const start = this.at;
    let content = '';
    for (let at = start + 1; at < this.text.length; at++) {
      const character = this.text.charAt(at);
      if (character === quote) {
        this.at = at + 1;
        return quote === "'" ? { text: content, unresolved: [] } : this.filled(unescaped(content), start);
      }
      const next = this.text[at + 1];
      if (character !== '\\' || next === undefined) content += character;
      else {
        content += next === quote ? next : character + next;
        at++;
      }
    }
    throw new Unreadable('The quote is opened and never closed.', start);
  }

  private filled(raw: string, at: number): Pick<Text, 'text' | 'unresolved'> {
    const { text, unresolved, missing, invalid } = interpolate(
      raw,
      name => this.lookup(name) ?? this.known.get(name),
    );
    if (invalid !== undefined)
      throw new Unreadable(`"${invalid}" is not a variable that Compose can fill in.`, at);
    const [required] = missing;
    if (required) throw new Unreadable(`The required variable ${required.name} is missing a value.`, at);
    return { text, unresolved };
  }

  private trimmed(end: number): number {
    let last = end;
    while (SPACE.test(this.text.charAt(last - 1))) last--;
    return last;
  }
}

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** `\$` becomes the `$$` that stands for a dollar sign; an octal number its character. */
function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, sequence => {
    const letter = sequence.charAt(1);
    if (letter === '$') return '$$';
    if (letter === '0') return sequence.length === 5 ? String.fromCodePoint(octal(sequence)) : sequence;
    return ESCAPED[letter] ?? sequence;
  });
}

/** Go's escapes stop at one byte. */
const octal = (sequence: string) => Number.parseInt(sequence.slice(2), 8) & 0xff;

function inherited(name: string, lookup: Lookup): Pick<Text, 'text' | 'unresolved'> {
  const value = lookup(name);
  return { text: value ?? '', unresolved: value === undefined ? [name] : [] };
}

const nextLine = (text: string, lineEnd: number) => {
  const lineBreak = text.indexOf('\n', lineEnd);
  return lineBreak < 0 ? text.length : lineBreak + 1;
};
