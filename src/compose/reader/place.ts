/** Where something stands in a file. Lines and columns count from 1, offsets from 0; the end is the first position after it. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly start: number;
  readonly end: number;
}

/** The text of a file, which knows the line of every offset. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  private readonly lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.lineStarts = starts;
  }

  /** The place between two offsets; offsets outside the text are moved to its edges. */
  place(start: number, end: number = start): Place {
    const from = clamp(start, this.text.length);
    const to = Math.max(from, clamp(end, this.text.length));
    const [line, column] = this.lineAndColumn(from);
    const [endLine, endColumn] = this.lineAndColumn(to);
    return { file: this.file, line, column, endLine, endColumn, start: from, end: to };
  }

  /** Offset at which the line of an offset begins. */
  lineStart(offset: number): number {
    return this.lineStarts[this.lineIndex(offset)] ?? 0;
  }

  /** Offset of the line break that ends the line of an offset, or of the end of the text. */
  lineEnd(offset: number): number {
    const next = this.lineStarts[this.lineIndex(offset) + 1];
    if (next === undefined) return this.text.length;
    return this.text[next - 2] === '\r' ? next - 2 : next - 1;
  }

  /** How this file ends its lines. */
  get lineBreak(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  private lineIndex(offset: number): number {
    let [low, high] = [0, this.lineStarts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private lineAndColumn(offset: number): [number, number] {
    const index = this.lineIndex(offset);
    return [index + 1, offset - (this.lineStarts[index] ?? 0) + 1];
  }
}

const clamp = (offset: number, length: number) => Math.min(Math.max(0, offset), length);
