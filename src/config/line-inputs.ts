import { type InputReader, shown } from './input-reader.ts';
import type { InputName } from './inputs.ts';

interface LineInput<T> {
  /** What the lines name, in the plural. */
  readonly what: string;
  /** What mode `deploy` does to these, in the past tense. */
  readonly done: string;
  /** The same for another mode: `makes none`. */
  readonly not: string;
  readonly most: number;
  /** @throws Error that says what is wrong with the line */
  readonly read: (line: string) => T;
  /** What may stand only once. */
  readonly nameOf: (item: T) => string;
}

/** An input of a deployment with one thing a line; lines that begin with # are comments. What is wrong is told with its line. */
export function parseLines<T>(
  input: InputReader,
  name: InputName,
  mode: string,
  { what, done, not, most, read, nameOf }: LineInput<T>,
): T[] {
  const lines = input.lines(name).filter(line => !line.startsWith('#'));
  if (lines.length > 0 && !['deploy', 'plan'].includes(mode) && !input.hasProblem('mode'))
    input.problem([name, 'mode'], `they are ${done} by mode deploy, and mode ${mode} ${not}`);
  if (lines.length > most)
    input.problem([name], `it names ${lines.length} ${what}, and at most ${most} are ${done}`);
  const items: T[] = [];
  for (const line of lines.slice(0, most)) {
    try {
      const item = read(line);
      if (items.some(other => nameOf(other) === nameOf(item)))
        throw new Error(`${nameOf(item)} is named twice`);
      items.push(item);
    } catch (error) {
      input.problem([name], `line ${shown(line)}: ${(error as Error).message}`);
    }
  }
  return items;
}
