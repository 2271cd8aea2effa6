import { connect, createServer, type Socket } from 'node:net';
import type { Machine } from '../../integration/support/lab.ts';

interface LineOptions {
  /** Milliseconds that every byte takes longer, each way. */
  readonly delayMs?: number;
  /** Bytes a second, each way. */
  readonly bytesPerS?: number;
  /** How many bytes to the machine a connection carries before it is cut, for the first connection, the second and so on. */
  readonly cutAfterBytes?: readonly number[];
}

/** A bad line to the SSH port of a machine: a port of this computer that hands connections on. */
export class Line implements AsyncDisposable {
  private readonly server = createServer(near => this.carry(near));
  private readonly sockets = new Set<Socket>();
  private readonly machine: Machine;
  private readonly options: LineOptions;
  private connections = 0;

  private constructor(machine: Machine, options: LineOptions) {
    this.machine = machine;
    this.options = options;
  }

  static async to(machine: Machine, options: LineOptions = {}): Promise<Line> {
    const line = new Line(machine, options);
    await new Promise<void>(resolve => line.server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** The inputs that lead over it. */
  get inputs(): Record<string, string> {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the line is closed');
    return { host: '127.0.0.1', port: `${address.port}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise(resolve => this.server.close(resolve));
  }

  private carry(near: Socket): void {
    const { delayMs = 0, bytesPerS = Number.POSITIVE_INFINITY, cutAfterBytes = [] } = this.options;
    const far = connect(this.machine.port, this.machine.host);
    let left = cutAfterBytes[this.connections++] ?? Number.POSITIVE_INFINITY;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {}); // Its end is told by "close".
      socket.once('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    const hand = (from: Socket, to: Socket, isOutward: boolean) => {
      let freeAtMs = 0;
      from.on('data', chunk => {
        const now = performance.now();
        freeAtMs = Math.max(freeAtMs, now) + (chunk.length / bytesPerS) * 1000;
        setTimeout(() => to.writable && to.write(chunk), freeAtMs - now + delayMs);
        if (!isOutward) return;
        left -= chunk.length;
        if (left <= 0) near.destroy();
      });
    };
    hand(near, far, true);
    hand(far, near, false);
  }
}
