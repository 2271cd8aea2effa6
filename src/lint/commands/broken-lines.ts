import type { Place, SourceText } from '../../compose/reader/place.ts';
import type { ContainerCommand } from './service-command.ts';

/** Texts of several lines, and lists in brackets, in which a line is no command. */
const NO_COMMANDS = /<<|=\(/;

/** An option at the beginning of a line, which a shell takes for a program. */
interface BrokenLine {
  readonly option: string;
  readonly place: Place;
}

/**
 * The first option of a script that stands behind a line break: the command ends before it. YAML keeps the line breaks of a text behind
 * `>` where lines are indented deeper: https://yaml.org/spec/1.2.2/#813-folded-style
 * @returns undefined for a command that no shell reads
 */
export function brokenLine(
  { script, shell, raw, texts }: ContainerCommand,
  sources: ReadonlyMap<string, SourceText>,
): BrokenLine | undefined {
  if (shell === undefined || NO_COMMANDS.test(raw)) return undefined;
  const option = script.commands.map(({ words }) => words[0] ?? '').find(word => /^--[a-z]/.test(word));
  const [text] = texts;
  if (option === undefined || !text || !raw.includes('\n')) return undefined;
  return { option, place: lineOf(option, text.place, sources) };
}

function lineOf(option: string, whole: Place, sources: ReadonlyMap<string, SourceText>): Place {
  const source = sources.get(whole.file);
  const text = source?.text.slice(whole.start, whole.end) ?? '';
  const line = text.split('\n').findIndex(each => each.trimStart().startsWith(option));
  if (!source || line < 1) return whole;
  const lines = text.split('\n');
  const before = lines.slice(0, line).join('\n').length + 1;
  const start = whole.start + before + (lines[line] ?? '').indexOf(option);
  return source.place(start, start + option.length);
}
