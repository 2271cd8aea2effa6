import { Duplex } from 'node:stream';

/**
 * What runs on the machine: it makes TCP connections and carries them over its standard input and output, in frames of a number
 * (which connection), a kind, a length and that many bytes. Python is on every Amazon Linux 2023: dnf is written in it.
 */
export const RELAY_SCRIPT = `
import asyncio, struct, sys
OPEN, DATA, CLOSE = 0, 1, 2
async def main():
    source = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(source), sys.stdin)
    writers = {}
    def tell(number, kind, data=b''):
        sys.stdout.buffer.write(struct.pack('>IBI', number, kind, len(data)) + data)
        sys.stdout.buffer.flush()
    async def serve(number, address, port):
        reason = b''
        try:
            reader, writers[number] = await asyncio.open_connection(address, int(port))
            tell(number, OPEN)
            while True:
                data = await reader.read(65536)
                if not data:
                    break
                tell(number, DATA, data)
        except OSError as error:
            reason = str(error).encode()
        tell(number, CLOSE, reason)
        writer = writers.pop(number, None)
        if writer:
            writer.close()
    sys.stdout.write('kafka-al2023-relay\\n')
    sys.stdout.flush()
    while True:
        try:
            number, kind, size = struct.unpack('>IBI', await source.readexactly(9))
            data = await source.readexactly(size)
        except asyncio.IncompleteReadError:
            return
        if kind == OPEN:
            asyncio.ensure_future(serve(number, *data.decode().split()))
        elif number in writers:
            if kind == DATA:
                writers[number].write(data)
            else:
                writers[number].close()
asyncio.run(main())
`;

const GREETING = Buffer.from('kafka-al2023-relay\n');
const HEADER_BYTES = 9;
/** What the script reads at once, and room to spare. */
const LONGEST_FRAME = 2 ** 20;
const KIND = { open: 0, data: 1, close: 2 } as const;

/** Makes connections from the machine through a command on it, where the SSH server forwards none. */
export class Relay {
  private readonly channel: Duplex;
  private readonly sockets = new Map<number, RelayedSocket>();
  private unread = Buffer.alloc(0);
  private hasGreeted = false;
  private count = 0;
  private end: Error | undefined;

  /** @param channel standard input and output of the command; whatever a login shell prints there first is passed over */
  constructor(channel: Duplex) {
    this.channel = channel;
    channel.on('data', (chunk: Buffer) => this.take(chunk));
    channel.once('error', error => this.close(error));
    channel.once('close', () => this.close(new Error('the relay on the machine has ended')));
  }

  /** @throws Error that says why the connection could not be made */
  dial(address: string, port: number): Promise<Duplex> {
    if (this.end) return Promise.reject(this.end);
    const number = ++this.count;
    const socket = new RelayedSocket(
      data => this.send(number, KIND.data, data),
      () => {
        if (this.sockets.delete(number)) this.send(number, KIND.close);
      },
    );
    this.sockets.set(number, socket);
    this.send(number, KIND.open, Buffer.from(`${address} ${port}`));
    return socket.opened;
  }

  private send(number: number, kind: number, data: Buffer = Buffer.alloc(0)): void {
    if (this.end) return;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(number, 0);
    header.writeUInt8(kind, 4);
    header.writeUInt32BE(data.length, 5);
    this.channel.write(Buffer.concat([header, data]));
  }

  private take(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    if (!this.hasGreeted) {
      const at = this.unread.indexOf(GREETING);
      if (at < 0) {
        // The greeting may have begun.
        this.unread = Buffer.from(this.unread.subarray(1 - GREETING.length));
        return;
      }
      this.hasGreeted = true;
      this.unread = this.unread.subarray(at + GREETING.length);
    }
    while (this.unread.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.unread.readUInt32BE(5);
      if (end > LONGEST_FRAME) {
        this.unread = Buffer.alloc(0);
        this.channel.destroy(new Error('the relay on the machine sends what it never sends'));
        return;
      }
      if (this.unread.length < end) return;
      const [number, kind] = [this.unread.readUInt32BE(0), this.unread.readUInt8(4)];
      const data = Buffer.from(this.unread.subarray(HEADER_BYTES, end));
      this.unread = this.unread.subarray(end);
      this.deliver(number, kind, data);
    }
  }

  private deliver(number: number, kind: number, data: Buffer): void {
    const socket = this.sockets.get(number);
    if (kind === KIND.open) socket?.open();
    else if (kind === KIND.data) socket?.push(data);
    else {
      this.sockets.delete(number);
      socket?.finish(data.toString());
    }
  }

  private close(reason: Error): void {
    this.end ??= reason;
    const sockets = [...this.sockets.values()];
    this.sockets.clear();
    for (const socket of sockets) socket.finish(this.end.message);
  }
}

/** One connection through the relay. What it carries is little, so that nothing holds back a fast sender. */
class RelayedSocket extends Duplex {
  /** Resolves when the connection is there. */
  readonly opened: Promise<Duplex>;
  private readonly opening = Promise.withResolvers<Duplex>();
  private readonly sendData: (data: Buffer) => void;
  private readonly sendClose: () => void;

  constructor(sendData: (data: Buffer) => void, sendClose: () => void) {
    super();
    this.sendData = sendData;
    this.sendClose = sendClose;
    this.opened = this.opening.promise;
  }

  open(): void {
    this.opening.resolve(this);
  }

  /** The other side has closed it, or it could not be made. */
  finish(reason: string): void {
    this.opening.reject(new Error(reason || 'the connection was closed'));
    this.push(null);
    this.end();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.sendData(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.sendClose();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.sendClose();
    done(error);
  }
}
