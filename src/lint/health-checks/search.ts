import type { ShellCommand } from '../commands/shell-script.ts';

/** What `grep` looks for. */
interface Search {
  readonly pattern: string;
  readonly ignoresCase: boolean;
}

const SEARCH = new Set(['grep', 'egrep', 'fgrep']);
/** A search that fails when it finds nothing. */
export function searchOf({ words }: ShellCommand): Search | undefined {
  if (!SEARCH.has(words[0] ?? '')) return undefined;
  const options = words.slice(1).filter(word => word.startsWith('-'));
  const rest = words.slice(1).filter(word => !word.startsWith('-'));
  if (options.some(option => !/^-[qiwoEFm1]+$/.test(option)) || rest.length !== 1) return undefined;
  return { pattern: rest[0] ?? '', ignoresCase: options.some(option => option.includes('i')) };
}

/** `… | grep WORD`, perhaps with an end behind `||`. */
export function endsWithSearch(commands: readonly ShellCommand[]): boolean {
  const last = commands.filter(({ operator }) => operator !== '||').at(-1);
  return last !== undefined && !last.mayFail && last.operator === '|' && searchOf(last) !== undefined;
}

/** True unless a search certainly finds nothing in an answer. */
export function finds({ pattern, ignoresCase }: Search, answer: string): boolean {
  // What is no plain word may be found in anything.
  if (!/^[\w :]+$/.test(pattern)) return true;
  return ignoresCase ? answer.toLowerCase().includes(pattern.toLowerCase()) : answer.includes(pattern);
}
