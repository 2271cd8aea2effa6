/** Reads GitHub Flavored Markdown as GitHub does, as far as the tests need it. */

export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** Splits a text into its code blocks and what stands outside of them, by CommonMark's rule for fences. */
export function readBlocks(markdown: string): { outside: string[]; blocks: Block[] } {
  const outside: string[] = [];
  const blocks: { language: string; lines: string[] }[] = [];
  let fence: string | undefined;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const run = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line);
    if (fence === undefined && run) {
      fence = run[1] ?? '';
      blocks.push({ language: run[2]?.trim() ?? '', lines: [] });
    } else if (fence !== undefined && run?.[1]?.startsWith(fence) && run[2]?.trim() === '') fence = undefined;
    else if (fence === undefined) outside.push(line);
    else blocks.at(-1)?.lines.push(line);
  }
  if (fence !== undefined) throw new Error('a code block is not closed');
  return { outside, blocks };
}

/** What stands outside of code blocks. */
export const outsideOfCode = (markdown: string): string => readBlocks(markdown).outside.join('\n');

/** The diagrams of a summary, line by line. */
export const diagramsOf = (markdown: string): (readonly string[])[] =>
  readBlocks(markdown)
    .blocks.filter(({ language }) => language === 'mermaid')
    .map(({ lines }) => lines);

/** The cells of each row of each table; a bar behind a backslash is no border. */
export function rowsOf(markdown: string): string[][] {
  return readBlocks(markdown)
    .outside.filter(line => line.startsWith('|'))
    .map(line => (line.match(/(?:\\[!-/:-@[-`{-~]|[^|])+/g) ?? []).map(cell => cell.trim()).filter(Boolean));
}

/** The tables: how many cells each of their rows has. */
export function tableShapes(markdown: string): number[][] {
  const tables: number[][] = [];
  let isInside = false;
  for (const line of readBlocks(markdown).outside) {
    const isRow = line.startsWith('|');
    if (isRow && !isInside) tables.push([]);
    if (isRow) tables.at(-1)?.push((line.match(/(?:\\[!-/:-@[-`{-~]|[^|])+/g) ?? []).length);
    isInside = isRow;
  }
  return tables;
}

const LABEL = String.raw`(?:[\p{L}\p{M}\p{N}✔✘…? .,/@()-]|#\d+;|<br/>)*`;

/** Every form that a line of our diagrams has. What comes from outside stands in labels, and is letters or references. */
const LINES = [
  'flowchart LR',
  '    direction LR',
  ' {2}(?: {2})?end',
  String.raw`  +subgraph brokers \["Brokers"\]`,
  String.raw`    subgraph rack\d+ \["${LABEL}"\]`,
  '    style rack\\d+ [a-z:#0-9, -]+',
  String.raw`  +\w+(?:\["${LABEL}"\]|\[\("${LABEL}"\)\]):::(?:up|down|unknown)`,
  String.raw`  \w+ (?:-->|---)\|[a-z ]+\| \w+`,
  '  classDef (?:up|down|unknown) [a-z:#0-9, -]+',
  '  style brokers [a-z:#0-9, ]+',
  String.raw`%%\{init: \{[^\n]+\}\}%%`,
  'xychart-beta horizontal',
  String.raw`  x-axis \["[\w ,.–:]+"(?:, "[\w ,.–:]+")*\]`,
  '  y-axis 0 --> [1-9]\\d*',
  String.raw`  bar \[\d+(?:, \d+)*\]`,
  'gantt',
  String.raw`  (?:dateFormat|axisFormat|tickInterval|todayMarker) [\w %:.-]+`,
  String.raw`  \d+\.\d s, ${LABEL} :(?:crit, |milestone, )?2000-01-01 [\d:.]+, (?:2000-01-01 [\d:.]+|0ms)`,
].map(form => new RegExp(`^${form}$`, 'u'));

/** The lines of a diagram that have none of the forms which our diagrams are made of. */
export const strangeLines = (diagram: readonly string[]): string[] =>
  diagram.filter(line => !LINES.some(form => form.test(line)));
