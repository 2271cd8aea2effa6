import type { GroupedLogger } from '../../../src/log.ts';

/** Keeps what a log was told, one line each: `info …`, `warning …`, `group …`, `endgroup`. */
export class RecordingLog implements GroupedLogger {
  readonly lines: string[] = [];

  info(line: string): void {
    this.lines.push(`info ${line}`);
  }
  warning(message: string): void {
    this.lines.push(`warning ${message}`);
  }
  debug(line: string): void {
    this.lines.push(`debug ${line}`);
  }
  startGroup(title: string): void {
    this.lines.push(`group ${title}`);
  }
  endGroup(): void {
    this.lines.push('endgroup');
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** The warnings alone. */
  get warnings(): string[] {
    return this.lines.filter(line => line.startsWith('warning ')).map(line => line.slice('warning '.length));
  }
}
