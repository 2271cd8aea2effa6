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
    const { cutAfterBytes = [] } = this.options;
    const far = connect(this.machine.port, this.machine.host);
    let left = cutAfterBytes[this.connections++] ?? Number.POSITIVE_INFINITY;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {}); // Its end is told by "close".
      socket.once('close', () => this.sockets.delete(socket));
    }
    this.hand(near, far);
    this.hand(far, near);
    near.on('data', chunk => {
      left -= chunk.length;
      if (left <= 0) for (const socket of [near, far]) socket.destroy();
    });
  }

  /** Hands on what comes in, late and in its order; the end of the connection comes after the last byte. */
  private hand(from: Socket, to: Socket): void {
    const { delayMs = 0, bytesPerS = Number.POSITIVE_INFINITY } = this.options;
    const waiting: { readonly dueMs: number; readonly send: () => void }[] = [];
    let freeAtMs = 0;
    const sendDue = () => {
      while (waiting[0] !== undefined && waiting[0].dueMs <= performance.now()) waiting.shift()?.send();
      if (waiting[0] !== undefined) setTimeout(sendDue, waiting[0].dueMs - performance.now());
    };
    const put = (bytes: number, send: () => void) => {
      freeAtMs = Math.max(freeAtMs, performance.now()) + (bytes / bytesPerS) * 1000;
      waiting.push({ dueMs: freeAtMs + delayMs, send });
      if (waiting.length === 1) sendDue();
    };
    from.on('data', chunk => put(chunk.length, () => to.writable && to.write(chunk)));
    from.once('close', () => put(0, () => to.destroySoon()));
  }
}
