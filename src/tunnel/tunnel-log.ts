import { formatDuration } from '../clock.ts';
import type { Logger } from '../log.ts';

/** Things of one kind are told once in so long a time, with how many there were. */
const QUIET_MS = 60_000;
/** About half a megabyte; a tunnel that has so much to say says nothing new. */
const MOST_LINES = 5_000;

/** What a part of the tunnel has to tell. */
export interface PartLog extends Logger {
  /** Told at most once a minute for each subject. */
  seldom(subject: string, text: string): void;
}

/** The log of a tunnel: a line for each change of its state, with the time. */
export class TunnelLog implements PartLog {
  private readonly write: (line: string) => void;
  private readonly now: () => Date;
  private readonly seen = new Map<string, { readonly at: number; unsaid: number }>();
  private lines = 0;

  /** @param write takes a line, its line break included */
  constructor(write: (line: string) => void, now = () => new Date()) {
    this.write = write;
    this.now = now;
  }

  info(text: string): void {
    this.lines++;
    if (this.lines < MOST_LINES) this.say(text);
    else if (this.lines === MOST_LINES) this.say('there is too much to tell: only the end will follow');
  }

  warning(text: string): void {
    this.info(text);
  }

  debug(): void {}

  seldom(subject: string, text: string): void {
    const at = this.now().getTime();
    const last = this.seen.get(subject);
    if (last && at - last.at < QUIET_MS) {
      last.unsaid++;
      return;
    }
    const unsaid = last?.unsaid ? `; ${last.unsaid} more in the last ${formatDuration(at - last.at)}` : '';
    this.seen.set(subject, { at, unsaid: 0 });
    this.info(`${text}${unsaid}`);
  }

  /** The same log for one of several machines, whose name stands before what it has to tell. */
  of(machine: string): PartLog {
    return {
      info: text => this.info(`${machine}: ${text}`),
      warning: text => this.warning(`${machine}: ${text}`),
      debug: () => {},
      seldom: (subject, text) => this.seldom(`${machine} ${subject}`, `${machine}: ${text}`),
    };
  }

  /** The last line, whatever there was before. */
  end(text: string): void {
    this.say(text);
  }

  private say(text: string): void {
    this.write(`${this.now().toISOString()} ${text.replaceAll(/(?<!\s)\s*\n\s*/g, ' | ')}\n`);
  }
}
