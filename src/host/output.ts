import { StringDecoder } from 'node:string_decoder';

/** Collects the output of a command and hands on whole lines, whatever the chunks are cut into. */
export class OutputCollector {
  private readonly decoder = new StringDecoder('utf8');
  private readonly onLine: ((line: string) => void) | undefined;
  private text = '';
  private partial = '';

  constructor(onLine?: (line: string) => void) {
    this.onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  /** The whole output; the last line is handed on even if it has no newline. */
  end(): string {
    this.take(this.decoder.end());
    if (this.partial !== '') this.onLine?.(this.partial.replace(/\r$/, ''));
    this.partial = '';
    return this.text;
  }

  private take(piece: string): void {
    this.text += piece;
    if (!this.onLine) return;
    // A carriage return redraws a line (progress bars): each drawing is a line of its own here. One at the end of a
    // chunk may be the first half of CR LF.
    const lines = (this.partial + piece).split(/\r?\n|\r(?!$)/);
    this.partial = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }
}
