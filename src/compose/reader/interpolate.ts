import { placeholderOf } from './always-set.ts';

/** What a variable stands for; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface Interpolated {
  readonly text: string;
  /** Variables whose value is not known: those that are not set, and those that are set to what only the machine knows. */
  readonly unresolved: readonly string[];
  /** Variables without a value or a default; Compose puts '' in their place. */
  readonly unset: readonly string[];
  /** Messages of `${NAME:?message}` for variables that are not set. */
  readonly missing: readonly { readonly name: string; readonly message: string }[];
  /** Part of the text that Compose refuses as a variable. */
  readonly invalid?: string;
}

/** More variables inside each other than anybody writes; a limit keeps hostile input from using up the call stack. */
const MAX_DEPTH = 20;
const NAME = /[a-z_][a-z0-9_]*/iy;

/**
 * Fills in variables as Compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `-`, `:?`, `?`, `:+`, `+`, variables inside
 * defaults, and `$$` for a dollar sign. A dollar sign before anything else stays as it is.
 * Source: https://docs.docker.com/reference/compose-file/interpolation/ and compose-go's `template` package.
 */
export function interpolate(template: string, lookup: Lookup): Interpolated {
  if (!template.includes('$')) return { text: template, unresolved: [], unset: [], missing: [] };
  const run = new Interpolation(lookup);
  const text = run.fill(template, 0);
  const { missing, invalid } = run;
  return { text, unresolved: [...run.unresolved], unset: [...run.unset], missing, invalid };
}

class Interpolation {
  readonly unresolved = new Set<string>();
  readonly unset = new Set<string>();
  readonly missing: { name: string; message: string }[] = [];
  invalid: string | undefined;
  private readonly lookup: Lookup;

  constructor(lookup: Lookup) {
    this.lookup = lookup;
  }

  fill(text: string, depth: number): string {
    let result = '';
    let at = 0;
    for (;;) {
      const dollar = text.indexOf('$', at);
      if (dollar < 0) return result + text.slice(at);
      const [replacement, next] = this.substitute(text, dollar, depth);
      result += text.slice(at, dollar) + replacement;
      at = next;
    }
  }

  /** The replacement of what begins at a dollar sign, and where the text goes on. */
  private substitute(text: string, dollar: number, depth: number): [string, number] {
    if (text[dollar + 1] === '$') return ['$', dollar + 2];
    if (text[dollar + 1] === '{') {
      const end = depth < MAX_DEPTH ? endOfVariable(text, dollar + 2) : -1;
      if (end < 0) return [this.refuse(text.slice(dollar)), text.length];
      return [this.braced(text.slice(dollar + 2, end), depth), end + 1];
    }
    const name = nameAt(text, dollar + 1);
    return name === '' ? ['$', dollar + 1] : [this.plain(name), dollar + 1 + name.length];
  }

  private plain(name: string): string {
    const value = this.valueOf(name);
    if (value === undefined) this.leaveEmpty(name);
    return value ?? '';
  }

  private valueOf(name: string): string | undefined {
    const value = this.lookup(name);
    if (value !== undefined) return value;
    const placeholder = placeholderOf(name);
    if (placeholder !== undefined) this.unresolved.add(name);
    return placeholder;
  }

  private leaveEmpty(name: string): void {
    this.unresolved.add(name);
    this.unset.add(name);
  }

  private braced(inside: string, depth: number): string {
    const name = nameAt(inside, 0);
    const rest = inside.slice(name.length);
    const operator = /^:?[-+?]/.exec(rest)?.[0] ?? '';
    // Neither a default nor a message may go on in another line.
    if (name === '' || (operator === '' && rest !== '') || rest.includes('\n'))
      return this.refuse(`\${${inside}}`);
    if (operator === '') return this.plain(name);
    const value = this.valueOf(name);
    // With a colon an empty value counts as none.
    const has = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.endsWith('+')) return has ? this.fill(rest.slice(operator.length), depth + 1) : '';
    if (has) return value;
    const argument = this.fill(rest.slice(operator.length), depth + 1);
    if (operator.endsWith('-')) return argument;
    this.unresolved.add(name);
    this.missing.push({ name, message: argument });
    return '';
  }

  private refuse(part: string): string {
    this.invalid ??= part.length > 40 ? `${part.slice(0, 40)}…` : part;
    return part;
  }
}

/** Where there are fewer braces that close than open, Compose takes the last one. */
function endOfVariable(text: string, from: number): number {
  const closing = closingBrace(text, from);
  return closing >= 0 ? closing : text.indexOf('}', from) < 0 ? -1 : text.lastIndexOf('}');
}

/** Offset of the brace that closes the one before `from`; -1 when there is none. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function nameAt(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? '';
}
