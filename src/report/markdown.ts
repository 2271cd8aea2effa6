/** GitHub Flavored Markdown whose text comes from outside: from a machine, from Kafka, from who wrote the workflow. */

const LONGEST_TEXT = 1_000;
const LONGEST_CODE = 120;
const LONGEST_LINE = 500;
/** Of a code block; what is more stands in the report and in the log. */
const MOST_LINES = 200;

/** A column of a table; `number` columns are set flush right. */
export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

export const words = (title: string): Column => ({ title, isNumber: false });
export const number = (title: string): Column => ({ title, isNumber: true });

/** A table whose cells are Markdown already. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
    ...rows.map(line),
  ];
}

/** Text from outside as plain text in a line or a table cell: no markup, no link, no second cell, one line. */
export function plainText(text: string): string {
  return shortened(oneLine(text), LONGEST_TEXT)
    .replaceAll(/[\\`*_[\]<>|~$&]/g, '\\$&')
    .replaceAll(/:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/** Text from outside as inline code, in a line or a table cell. A name has neither backquotes nor bars: they are replaced. */
export function code(text: string): string {
  const content = shortened(oneLine(text), LONGEST_CODE).replaceAll('`', "'").replaceAll('|', '¦');
  return `\`${content || '?'}\``;
}

/** Text from outside in HTML, where Markdown does not count. */
export function htmlText(text: string): string {
  return shortened(oneLine(text), LONGEST_TEXT).replaceAll(
    /[&<>"']/g,
    character => `&#${character.charCodeAt(0)};`,
  );
}

/** A code block that its own content cannot end. Of too many lines the last ones are kept: there the reason is. */
export function fenced(
  lines: readonly string[],
  most = MOST_LINES,
  language: 'text' | 'diff' | 'sh' = 'text',
): string[] {
  const all = lines.flatMap(line => withoutColours(line).split(/[\r\n]+/));
  const left = all.length - most;
  const kept = all.slice(-most).map(line => shortened(withoutControls(line), LONGEST_LINE));
  const note = left > 0 ? [`(${left} more lines before these are in the report)`] : [];
  const text = [...note, ...kept].join('\n');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, text, fence];
}

/** A fold. @param title HTML @param content Markdown */
export function fold(title: string, content: readonly string[], { isOpen = false } = {}): string[] {
  return [
    isOpen ? '<details open>' : '<details>',
    `<summary>${title}</summary>`,
    '',
    ...content,
    '',
    '</details>',
    '',
  ];
}

/** One line without control characters, and without those that turn the direction of the text. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** At most so many characters, the last of which says that there were more. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const withoutColours = (line: string) => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '');
const withoutControls = (line: string) => line.replaceAll(/[^\P{C}\t]/gu, ' ').trimEnd();
