import type { Duplex } from 'node:stream';
import type { Command, CommandResult, Host } from '../../../src/host/host.ts';

/** An exit code, or an answer of a machine in parts. */
export type Answer =
  | number
  | (Partial<CommandResult> & {
      readonly throws?: unknown;
      /** The command does not end. */
      readonly never?: boolean;
    });

/** What to answer to commands whose words, joined by spaces, match. Of several answers each is given once, the last for ever. */
export type Script = readonly (readonly [pattern: RegExp | string, ...answers: Answer[]])[];

/** How the rules that keep neighbours out are asked for, and set. */
export const GUARD = /^sh -c \ntag="kafka-al2023-\$2"/;

/**
 * A machine that answers commands from a table, the first row that matches. A command that no row matches fails the test:
 * nothing is answered by chance.
 */
export class ScriptedHost implements Host {
  readonly name = 'a scripted machine';
  /** Every command that was run; `sudo` stands before those that ran as root. */
  readonly ran: string[] = [];
  readonly commands: Command[] = [];
  private readonly rows: { readonly pattern: RegExp | string; readonly answers: Answer[] }[];

  constructor(script: Script) {
    this.rows = script.map(([pattern, ...answers]) => ({ pattern, answers: [...answers] }));
  }

  async run(command: Command): Promise<CommandResult> {
    const words = command.argv.join(' ');
    // A sign of life is given to everyone who asks.
    if (words === 'true') return { exitCode: 0, stdout: '', stderr: '' };
    const row = this.rows.find(({ pattern }) =>
      typeof pattern === 'string' ? words === pattern : pattern.test(words),
    );
    // Most tests are not about neighbours: they are kept out already.
    if (!row && GUARD.test(words)) return { exitCode: 0, stdout: '', stderr: '' };
    if (!row) throw new Error(`the script has no answer to: ${words}`);
    this.ran.push(command.sudo ? `sudo ${words}` : words);
    this.commands.push(command);
    const answer = (row.answers.length > 1 ? row.answers.shift() : row.answers[0]) ?? 0;
    if (typeof answer === 'number') return { exitCode: answer, stdout: '', stderr: '' };
    if (answer.throws !== undefined) throw answer.throws;
    if (answer.never) return new Promise(() => {});
    const { exitCode = 0, stdout = '', stderr = '' } = answer;
    for (const line of `${stdout}${stderr}`.split('\n').filter(line => line !== '')) command.onLine?.(line);
    return { exitCode, stdout, stderr };
  }

  dial(_address: string, _port: number): Promise<Duplex> {
    return Promise.reject(new Error('a scripted machine has no network'));
  }

  async close(): Promise<void> {}

  /** How often a command was run whose words match. */
  count(pattern: RegExp): number {
    return this.ran.filter(words => pattern.test(words)).length;
  }
}
