import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Command, CommandResult } from '../../../src/host/host.ts';
import { thisComputer } from './local-host.ts';
import type { MemoryCluster } from './memory-kafka.ts';
import { type Script, ScriptedHost } from './scripted-host.ts';

/** A machine that answers commands from a table, with a Kafka cluster in memory. A schema registry on it is a real server. */
export class MemoryHost extends ScriptedHost {
  readonly cluster: MemoryCluster;
  private readonly onCommand: (words: string) => Promise<void> | void;

  /** @param onCommand what a command does to the cluster */
  constructor(script: Script, cluster: MemoryCluster, onCommand: (words: string) => Promise<void> | void) {
    super(script);
    this.cluster = cluster;
    this.onCommand = onCommand;
  }

  override async run(command: Command): Promise<CommandResult> {
    const result = await super.run(command);
    await this.onCommand(command.argv.join(' '));
    return result;
  }

  override dial(address: string, port: number): Promise<Duplex> {
    if (!net.isIP(address)) return Promise.reject(new Error(`${address} is not dialled`));
    return thisComputer().dial(address, port);
  }
}
