import { systemClock } from '../../../src/clock.ts';
import type { Command, Host } from '../../../src/host/host.ts';
import { LocalHost } from '../../../src/host/local-host.ts';

/** This computer as the machine. @param home of the user there, when it is not the one who runs the tests */
export const thisComputer = (home = process.env.HOME) =>
  new LocalHost({
    clock: systemClock,
    signal: new AbortController().signal,
    commandTimeoutMs: 20_000,
    deadline: Number.POSITIVE_INFINITY,
    env: { ...process.env, HOME: home },
  });

/** This computer as the machine, where what would run as root runs as the user; `ran` keeps the words of what did. */
export function withoutRoot(home?: string): Host & { readonly ran: string[] } {
  const host = thisComputer(home);
  const ran: string[] = [];
  const run = ({ sudo, ...command }: Command) => {
    ran.push(`${sudo ? 'sudo ' : ''}${command.argv.join(' ')}`);
    return host.run(command);
  };
  return { ...{ name: host.name, ran, run }, dial: (...at) => host.dial(...at), close: () => host.close() };
}
