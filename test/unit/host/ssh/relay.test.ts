import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RELAY_SCRIPT, Relay } from '../../../../src/host/ssh/relay.ts';

/** A relay on this computer, whose shell says something first. */
function startRelay() {
  const child = spawn('sh', ['-c', 'echo "Welcome!"; exec python3 -c "$1"', 'sh', RELAY_SCRIPT]);
  onTestFinished(() => void child.kill());
  const relay = new Relay(Duplex.from({ readable: child.stdout, writable: child.stdin }));
  return { relay, child };
}

async function serve(onConnection: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

describe('connections through a command on the machine', () => {
  it('carry bytes both ways, several at a time, whatever the login shell prints', async () => {
    const port = await serve(socket => socket.pipe(socket));
    const { relay } = startRelay();
    const sockets = await Promise.all([relay.dial('127.0.0.1', port), relay.dial('localhost', port)]);
    const large = Buffer.alloc(300_000, 'x');
    for (const [index, socket] of sockets.entries())
      socket.write(Buffer.concat([large, Buffer.from(`${index}!`)]));
    for (const [index, socket] of sockets.entries()) {
      let got = Buffer.alloc(0);
      for await (const chunk of socket) {
        got = Buffer.concat([got, chunk as Buffer]);
        if (got.length === large.length + 2) break;
      }
      expect(got.subarray(-2).toString()).toBe(`${index}!`);
    }
  });

  it('end when the other side ends them', async () => {
    const port = await serve(socket => socket.end('bye'));
    const socket = await startRelay().relay.dial('127.0.0.1', port);
    expect(await text(socket)).toBe('bye');
  });

  it('end the other side', async () => {
    const ended = Promise.withResolvers<void>();
    const port = await serve(socket => socket.resume().once('end', () => ended.resolve()));
    const socket = await startRelay().relay.dial('127.0.0.1', port);
    socket.resume().end();
    await ended.promise;
  });

  it('are refused with the reason of the machine', async () => {
    const port = await serve(() => {});
    const { relay } = startRelay();
    await expect(relay.dial('127.0.0.1', port === 1 ? 2 : 1)).rejects.toThrow(/Connect call failed|refused/i);
    expect(await relay.dial('127.0.0.1', port)).toBeInstanceOf(Duplex);
  });

  it('all end with the command, and there are no more', async () => {
    const port = await serve(() => {});
    const { relay, child } = startRelay();
    const socket = await relay.dial('127.0.0.1', port);
    child.kill();
    expect(await text(socket)).toBe('');
    await expect(relay.dial('127.0.0.1', port)).rejects.toThrow();
  });

  it('wait for a greeting that comes in pieces', async () => {
    const output = new PassThrough();
    const input = new PassThrough();
    const relay = new Relay(Duplex.from({ readable: output, writable: input }));
    const dialled = relay.dial('h', 1);
    for (const piece of ['noise kafka-al20', '23-relay\n\0\0\0\x01', '\0\0\0\0\0']) output.write(piece);
    expect(await dialled).toBeInstanceOf(Duplex);
  });
});

describe('a relay whose machine says anything', () => {
  const relayOn = () => {
    const channel = new PassThrough();
    const relay = new Relay(Duplex.from({ readable: channel, writable: new PassThrough().resume() }));
    return { channel, relay };
  };

  it('does not keep what is printed before its greeting, and finds that in any pieces', async () => {
    const { channel, relay } = relayOn();
    const dialled = relay.dial('127.0.0.1', 1);
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 500; count++) {
      channel.write(Buffer.alloc(2 ** 20, 'k'));
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
    for (const letter of 'kafka-al2023-relay\n') channel.write(letter);
    channel.write(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0]));
    await expect(dialled).resolves.toBeInstanceOf(Duplex);
  });

  it('ends at a frame that is longer than any', async () => {
    const { channel, relay } = relayOn();
    const dialled = relay.dial('127.0.0.1', 1);
    channel.write('kafka-al2023-relay\n');
    channel.write(Buffer.from([0, 0, 0, 1, 1, 0xff, 0xff, 0xff, 0xff]));
    await expect(dialled).rejects.toThrow(/never sends/);
  });
});
