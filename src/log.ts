import type { ActionError } from './errors.ts';

/** Where a run says what it does. An argument everywhere, so that every part can be tested without a runner. */
export interface Logger {
  info(line: string): void;
  /** A line that also becomes an annotation. */
  warning(message: string): void;
  /** Shown only when the runner's debug logging is on. */
  debug(line: string): void;
}

/** A failure for the log: what there is to read first, then what failed, then what to do. */
export function logFailure(log: Logger, { code, message, hint, details }: ActionError): void {
  for (const line of details) log.info(`  | ${line}`);
  log.info(`${code}: ${message}`);
  log.info(`what to do: ${hint}`);
}

/** A log in foldable groups: what the runner's log is. */
export interface GroupedLogger extends Logger {
  startGroup(title: string): void;
  endGroup(): void;
}

type Show = (output: GroupedLogger) => void;

/** The same log, in which each warning stands once: what a check warns of, it sees again after the change. */
export function warningOnce(log: Logger): Logger {
  const said = new Set<string>();
  return {
    info: line => log.info(line),
    debug: line => log.debug(line),
    warning: message => {
      if (!said.has(message)) log.warning(message);
      said.add(message);
    },
  };
}

/** Keeps lines until it is known whether and where they are to be shown. */
export class HeldLog implements Logger {
  private readonly held: ((output: Logger) => void)[] = [];
  private output: Logger | undefined;

  info(line: string): void {
    this.write(output => output.info(line));
  }

  warning(message: string): void {
    this.write(output => output.warning(message));
  }

  debug(line: string): void {
    this.write(output => output.debug(line));
  }

  /** Shows what was kept so far, and what is still to come as it comes. */
  passTo(output: Logger): void {
    this.output = output;
    for (const show of this.held.splice(0)) show(output);
  }

  private write(show: (output: Logger) => void): void {
    if (this.output) show(this.output);
    else this.held.push(show);
  }
}

/**
 * Whole logs, groups and all, of work that runs side by side, one after the other: the first unfinished one is shown live, the later
 * ones are kept until it is their turn. What a log says after its end is shown at once.
 */
export class OrderedLogs {
  private readonly output: GroupedLogger;
  private readonly logs: readonly { readonly pending: Show[]; closed: boolean }[];
  private current = 0;

  constructor(output: GroupedLogger, count: number) {
    this.output = output;
    this.logs = Array.from({ length: count }, () => ({ pending: [], closed: false }));
  }

  /** The log at `index`. */
  logger(index: number): GroupedLogger {
    const write = (show: Show) => {
      this.logs[index]?.pending.push(show);
      this.flush();
    };
    return {
      info: line => write(output => output.info(line)),
      warning: message => write(output => output.warning(message)),
      debug: line => write(output => output.debug(line)),
      startGroup: title => write(output => output.startGroup(title)),
      endGroup: () => write(output => output.endGroup()),
    };
  }

  /** Ends the log at `index`. */
  close(index: number): void {
    const log = this.logs[index];
    if (log) log.closed = true;
    this.flush();
  }

  private flush(): void {
    while (this.logs[this.current]?.closed) this.show(this.current++);
    this.show(this.current);
    // What comes after the end.
    for (let index = 0; index < this.current; index++) this.show(index);
  }

  private show(index: number): void {
    for (const show of this.logs[index]?.pending.splice(0) ?? []) show(this.output);
  }
}

/**
 * Shows work that runs side by side as groups in a fixed order: the first unfinished group writes live,
 * the later ones are kept until it is their turn. A group begins with its first line, and what comes after its end is left out.
 */
export class OrderedGroups {
  private readonly logs: OrderedLogs;
  private readonly groups: readonly { readonly title: string; state: 'empty' | 'open' | 'closed' }[];

  constructor(output: GroupedLogger, titles: readonly string[]) {
    this.logs = new OrderedLogs(output, titles.length);
    this.groups = titles.map(title => ({ title, state: 'empty' }));
  }

  /** The logger of the group at `index`. */
  logger(index: number): Logger {
    const [log, group] = [this.logs.logger(index), this.groups[index]];
    const write = (say: (log: Logger) => void) => {
      if (!group || group.state === 'closed') return;
      if (group.state === 'empty') log.startGroup(group.title);
      group.state = 'open';
      say(log);
    };
    return {
      info: line => write(output => output.info(line)),
      warning: message => write(output => output.warning(message)),
      debug: line => write(output => output.debug(line)),
    };
  }

  /** Ends the group at `index`; `closing` is the line shown below it, outside the fold. */
  close(index: number, closing: string): void {
    const [log, group] = [this.logs.logger(index), this.groups[index]];
    if (group?.state === 'open') log.endGroup();
    if (group) group.state = 'closed';
    log.info(closing);
    this.logs.close(index);
  }
}
