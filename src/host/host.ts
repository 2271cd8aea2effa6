import type { Duplex } from 'node:stream';

/** A command as an argument list: nothing in it is ever read by a shell. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Run it as root. */
  readonly sudo?: boolean;
  /** Directory to run it in, as an absolute path. */
  readonly cwd?: string;
  /** What it reads from its standard input; by default nothing. */
  readonly stdin?: string;
  /** When it is stopped, on the machine itself. */
  readonly timeoutMs?: number;
  /** It downloads something: through the proxy, if the machine has been given one. */
  readonly downloads?: boolean;
  /** It undoes something: it runs although the run was cancelled or its time is up. */
  readonly isUndo?: boolean;
  /** It is short and must not wait behind others: a sign of life. */
  readonly isUrgent?: boolean;
  /** It only reads and ends in a moment: a shell that stays open may run it, and it may be run twice. */
  readonly isLook?: boolean;
  /** It works by the Docker Engine, although its first word does not say so. */
  readonly needsEngine?: boolean;
  /** Its output is for people: of a long one the head and the tail do. Any other command that prints so much is an error. */
  readonly mayBeCut?: boolean;
  /** Called with each line of its standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended. A non-zero exit is data, not an error. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine on which commands run. */
export interface Host {
  /** What to call it in a message, e.g. `ec2-user@203.0.113.7`. */
  readonly name: string;
  /**
   * Runs a command to its end.
   * @throws ActionError `command-timeout`; `output-too-long` when it prints more than is read of it; `no-sudo` with sudo's own words; `shell-unusable` when the machine runs nothing; or
   *   `ssh-connection-lost` (retriable) when the connection broke under it
   */
  run(command: Command): Promise<CommandResult>;
  /**
   * Opens a TCP connection from the machine, as a program on it would; in a run that was cancelled, too: Kafka's clients
   * remove what the test has made there.
   * @throws ActionError when the connection is refused
   */
  dial(address: string, port: number): Promise<Duplex>;
  close(): Promise<void>;
}
