import { StringDecoder } from 'node:string_decoder';

const MIB = 2 ** 20;
/** What is kept of an output, in characters: its beginning and its end. */
const KEPT = { head: 5 * MIB, tail: 5 * MIB };
/** The longest line that is handed on whole, in characters. */
const LONGEST_LINE = 65_536;
/** How much of an output is handed on as lines, in characters. */
const MOST_IN_LINES = 10 * MIB;

/**
 * Collects the output of a command and hands on whole lines, whatever the chunks are cut into. Of an output that is too long the
 * head and the tail are kept, and so are they of a line; what is left out is told in its place.
 */
export class OutputCollector {
  private readonly decoder = new StringDecoder('utf8');
  private readonly lines: LineReader | undefined;
  private head = '';
  private tail: string[] = [];
  private tailLength = 0;
  private leftOut = 0;

  constructor(onLine?: (line: string) => void) {
    this.lines = onLine && new LineReader(onLine);
  }

  write(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  /** The output; the last line is handed on even if it has no newline. */
  end(): string {
    this.take(this.decoder.end());
    this.lines?.end();
    const tail = this.tail.join('');
    if (this.leftOut === 0) return this.head + tail;
    return `${this.head}\n[${this.leftOut} characters are left out here]\n${tail}`;
  }

  private take(piece: string): void {
    this.lines?.take(piece);
    const toHead = piece.slice(0, KEPT.head - this.head.length);
    this.head += toHead;
    if (toHead.length === piece.length) return;
    this.tail.push(piece.slice(toHead.length));
    this.tailLength += piece.length - toHead.length;
    for (
      let first = this.tail[0] ?? '';
      this.tailLength - first.length >= KEPT.tail;
      first = this.tail[0] ?? ''
    ) {
      this.tail.shift();
      this.tailLength -= first.length;
      this.leftOut += first.length;
    }
  }
}

/** Cuts what comes into lines. */
class LineReader {
  private readonly onLine: (line: string) => void;
  private partial = '';
  /** Of the line that has begun. */
  private leftOut = 0;
  private handedOn = 0;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  take(piece: string): void {
    // A carriage return redraws a line (progress bars): each drawing is a line of its own here. One at the end of a
    // chunk may be the first half of CR LF.
    const lines = (this.partial + piece).split(/\r?\n|\r(?!$)/);
    const last = lines.pop() ?? '';
    for (const line of lines) this.handOn(line);
    this.partial = last.slice(0, LONGEST_LINE);
    this.leftOut += last.length - this.partial.length;
  }

  end(): void {
    if (this.partial !== '') this.handOn(this.partial.replace(/\r$/, ''));
    this.partial = '';
  }

  private handOn(whole: string): void {
    const line = whole.slice(0, LONGEST_LINE);
    const leftOut = this.leftOut + whole.length - line.length;
    this.leftOut = 0;
    if (this.handedOn > MOST_IN_LINES) return;
    this.handedOn += line.length + 1;
    this.onLine(leftOut > 0 ? `${line} [${leftOut} characters are left out here]` : line);
    if (this.handedOn > MOST_IN_LINES) this.onLine('[what follows is too much to be shown]');
  }
}
