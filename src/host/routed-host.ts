import type { Duplex } from 'node:stream';
import { ActionError, reasonOf } from '../errors.ts';
import type { Command, CommandResult, Host } from './host.ts';

/**
 * Several machines as one: commands run on one of them, and a connection to a port is made by the machine that has it. So
 * `localhost:29092` leads to the node that advertises this port, whichever machine it is on.
 */
export class RoutedHost implements Host {
  readonly name: string;
  private readonly home: Host;
  private readonly byPort: ReadonlyMap<number, Host>;

  /**
   * @param home where commands run, and where every other port is
   * @param byPort the machine of each port
   */
  constructor(home: Host, byPort: ReadonlyMap<number, Host>) {
    this.name = home.name;
    this.home = home;
    this.byPort = byPort;
  }

  run(command: Command): Promise<CommandResult> {
    return this.home.run(command);
  }

  /** @throws what the machine's own `dial` throws; it says which machine it is */
  async dial(address: string, port: number): Promise<Duplex> {
    const host = this.byPort.get(port) ?? this.home;
    try {
      return await host.dial(address, port);
    } catch (error) {
      if (error instanceof ActionError) throw error;
      throw new Error(`${host.name}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** The machines are closed by whoever opened them. */
  async close(): Promise<void> {}
}
