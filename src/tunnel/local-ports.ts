import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { ActionError, reasonOf } from '../errors.ts';
import type { Forward } from './forwards.ts';
import { isTaken, LOOPBACKS, listenOn } from './listen.ts';
import { portTaken } from './taken-ports.ts';
import type { TunnelLog } from './tunnel-log.ts';

interface LocalPortsOptions {
  readonly forwards: readonly Forward[];
  /** Opens a connection from the machine to which the port leads. */
  readonly dial: (forward: Forward) => Promise<Duplex>;
  readonly log: TunnelLog;
}

/** The ports on the runner's localhost: whoever connects is carried to the machine. */
export class LocalPorts {
  private readonly options: LocalPortsOptions;
  private readonly servers: net.Server[] = [];
  private readonly sockets = new Set<net.Socket>();

  private constructor(options: LocalPortsOptions) {
    this.options = options;
  }

  /** @throws ActionError `tunnel-port-in-use` or `tunnel-failed`; nothing is open then */
  static async open(options: LocalPortsOptions): Promise<LocalPorts> {
    const ports = new LocalPorts(options);
    try {
      for (const forward of options.forwards) {
        for (const address of LOOPBACKS) await ports.listen(forward, address);
      }
    } catch (error) {
      ports.close();
      throw error;
    }
    return ports;
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async listen(forward: Forward, address: string): Promise<void> {
    const { log } = this.options;
    const server = await listenOn(address, forward.port).catch(cause => {
      if (isTaken(cause)) throw portTaken([forward.port]);
      const message = `localhost:${forward.port} cannot be opened on the runner: ${reasonOf(cause)}`;
      throw new ActionError('tunnel-failed', message, { cause });
    });
    if (!server) return;
    server.on('connection', socket => void this.carry(socket, forward));
    server.on('error', error => log.seldom('listen', `localhost:${forward.port}: ${error.message}`));
    this.servers.push(server);
  }

  private async carry(socket: net.Socket, forward: Forward): Promise<void> {
    const { dial, log } = this.options;
    const { port } = forward;
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
    let channel: Duplex;
    try {
      channel = await dial(forward);
    } catch (error) {
      log.seldom(`refused ${port}`, `localhost:${port}: a connection was refused: ${reasonOf(error)}`);
      socket.destroy();
      return;
    }
    channel.on('error', () => socket.destroy());
    // Also when the SSH connection breaks. The last bytes that came are still to be written.
    channel.once('close', () => socket.destroySoon());
    socket.once('close', () => channel.destroy());
    if (socket.destroyed) channel.destroy();
    else socket.pipe(channel).pipe(socket);
  }
}
