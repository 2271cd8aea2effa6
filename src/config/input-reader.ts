import type { ErrorCode } from '../error-codes.ts';
import { reasonOf } from '../errors.ts';
import { emptyHint, type Withheld } from './empty-inputs.ts';
import { INPUT_DEFAULTS, type InputName, type RawInputs, SECRET_INPUTS } from './inputs.ts';

/** Something wrong with one input, or with two together. */
export interface InputProblem {
  readonly inputs: readonly InputName[];
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** More of a value than this tells nobody more. */
const LONGEST_SHOWN = 100;

/** A key that was given to the wrong input: what follows is not masked there. */
const isKey = (value: string) => value.includes('PRIVATE KEY');

/** A value for a message: shortened, on one line, and never a private key. */
export function shown(value: string): string {
  if (isKey(value)) return 'the text of a private key';
  const line = value.replaceAll(/\s+/g, ' ');
  return `"${line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line}"`;
}

/** An address for a message, without what may be a password in it: a user name's, or one in the query. */
export const shownAddress = (url: string): string =>
  url.includes('@') ? 'it' : shown(url.replace(/\?.*$/s, '?…'));

/** Several values, and the verb that follows them. */
export const shownEach = (values: readonly string[]): string =>
  `${values.map(shown).join(', ')} ${values.length === 1 ? 'is' : 'are'}`;

/** Reads inputs by their kind and collects what is wrong, so that all problems are told together. */
export class InputReader {
  readonly problems: InputProblem[] = [];
  private readonly raw: RawInputs;
  private readonly withheld: Withheld | undefined;

  /** @param withheld why the run has no secrets, if that is known */
  constructor(raw: RawInputs, withheld?: Withheld) {
    this.raw = raw;
    this.withheld = withheld;
  }

  /** True when the user gave a value. */
  has(name: InputName): boolean {
    return (this.raw[name] ?? '').trim() !== '';
  }

  /** The value, or the default when none is given. Keys keep their line breaks; everything else is trimmed. */
  text(name: InputName): string {
    if (!this.has(name)) return INPUT_DEFAULTS[name];
    const value = this.raw[name] ?? '';
    const isSecret = (SECRET_INPUTS as readonly InputName[]).includes(name);
    return isSecret ? value : value.trim();
  }

  /** @param most characters that may be given, white space around them included */
  length(name: InputName, most: number): void {
    const { length } = this.raw[name] ?? '';
    if (length > most) this.problem([name], `it has ${length} characters, and at most ${most} are taken`);
  }

  hasProblem(name: InputName): boolean {
    return this.problems.some(problem => problem.inputs.includes(name));
  }

  problem(
    inputs: readonly InputName[],
    message: string,
    options: { code?: ErrorCode; hint?: string } = {},
  ): void {
    const { code = 'input-invalid', hint } = options;
    this.problems.push({ inputs, code, message, hint });
  }

  /** A problem of an input that is needed and empty; `inputs` begins with the one that a workflow would most likely give. */
  empty(inputs: readonly [InputName, ...InputName[]], message: string, code?: ErrorCode): void {
    this.problem(inputs, message, { code, hint: emptyHint(inputs[0], this.withheld) });
  }

  matching(
    name: InputName,
    pattern: RegExp,
    { form, required }: { form: string; required?: string },
  ): string {
    const value = this.text(name);
    if (value === '' && required) this.problem([name], required);
    else if (!pattern.test(value)) this.problem([name], `${shown(value)} is not ${form}`);
    return value;
  }

  integer(name: InputName, { min, max }: Range): number {
    const value = this.text(name);
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max))
      this.problem([name], `${shown(value)} is not a whole number from ${min} to ${max}`);
    return number;
  }

  /** A number that may be left out. @returns undefined when it is */
  optionalNumber(name: InputName, { min, max }: Range): number | undefined {
    const value = this.text(name);
    if (value === '') return undefined;
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max))
      this.problem([name], `${shown(value)} is not a number from ${min} to ${max}`);
    return number;
  }

  /** A duration given in seconds. @returns milliseconds */
  seconds(name: InputName, { min, max }: Range): number {
    const value = this.text(name);
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) {
      this.problem([name], `${shown(value)} is not a number of seconds from ${min} to ${max}`);
    }
    return Math.round(number * 1000);
  }

  /** The YAML 1.2 core schema's booleans, as the runner's own toolkit takes them. */
  boolean(name: InputName): boolean {
    const value = this.text(name);
    if (!/^(true|True|TRUE|false|False|FALSE)$/.test(value))
      this.problem([name], `${shown(value)} is neither true nor false`);
    return value.toLowerCase() === 'true';
  }

  oneOf<T extends string>(name: InputName, allowed: readonly [T, ...T[]]): T {
    const value = this.text(name);
    const found = allowed.find(item => item === value);
    if (found === undefined) this.problem([name], `${shown(value)} is not one of: ${allowed.join(', ')}`);
    return found ?? allowed[0];
  }

  listOf<T extends string>(name: InputName, allowed: readonly T[]): T[] {
    const items = this.items(name);
    const wrong = items.filter(item => !allowed.some(known => known === item));
    if (wrong.length > 0) this.problem([name], `${shownEach(wrong)} not one of: ${allowed.join(', ')}`);
    if (items.length === 0) this.problem([name], `the list is empty; it takes ${allowed.join(', ')}`);
    return allowed.filter(known => items.includes(known));
  }

  /** What is between commas and white space. */
  items(name: InputName): string[] {
    return this.text(name)
      .split(/[\s,]+/)
      .filter(item => item !== '');
  }

  /** One entry a line; blank lines do not count. */
  lines(name: InputName): string[] {
    return this.text(name)
      .split(/\r?\n/)
      .map(line => line.trim())
      .filter(line => line !== '');
  }

  /** A value with a parser of its own, which throws an Error that says what is wrong. */
  parsed<T>(name: InputName, parse: (text: string) => T, fallback: T): T {
    const value = this.text(name);
    try {
      if (isKey(value)) throw new Error(`${shown(value)} does not belong here`);
      return parse(value);
    } catch (error) {
      this.problem([name], reasonOf(error));
      return fallback;
    }
  }
}
