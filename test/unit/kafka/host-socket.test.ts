import { once } from 'node:events';
import net from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HostSocket } from '../../../src/kafka/host-socket.ts';

/** A TCP connection to a server that does with it what it is told. */
async function dial(serve: (socket: net.Socket) => void): Promise<net.Socket> {
  const server = net.createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return socket;
}

const bytes = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7) % 251));
const turn = () => new Promise(setImmediate);

describe('a socket over the way to the machine', () => {
  it('sends early writes in order once it is open', async () => {
    const opening = Promise.withResolvers<Duplex>();
    let connected = 0;
    const socket = new HostSocket(
      () => opening.promise,
      () => connected++,
    );
    const written = ['one ', 'two ', 'three'].map(text => new Promise(done => socket.write(text, done)));
    await turn();
    expect(connected).toBe(0);
    const received = Promise.withResolvers<Buffer>();
    opening.resolve(await dial(peer => void buffer(peer).then(received.resolve)));
    await Promise.all(written);
    socket.end();
    expect((await received.promise).toString()).toBe('one two three');
    expect(connected).toBe(1);
  });

  it('carries many megabytes whole, both ways', async () => {
    const upstream = await dial(peer => peer.pipe(peer));
    const socket = new HostSocket(
      async () => upstream,
      () => {},
    );
    const sent = bytes(6_000_000);
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
  });

  it('loses nothing to a reader that is slow, not even the end', async () => {
    const sent = bytes(3_000_000);
    const upstream = await dial(peer => peer.end(sent));
    const socket = new HostSocket(
      async () => upstream,
      () => {},
    );
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = socket.read(10_000) ?? socket.read();
      if (piece) pieces.push(piece);
      else if (socket.readableEnded || socket.destroyed) break;
      await turn();
    }
    expect(Buffer.concat(pieces).equals(sent)).toBe(true);
  });

  it('does not take more from the machine than its reader does', async () => {
    const upstream = new PassThrough();
    const socket = new HostSocket(
      async () => upstream,
      () => {},
    );
    await turn();
    for (let index = 0; index < 100; index++) upstream.write(bytes(10_000));
    await turn();
    expect(socket.readableLength).toBeLessThan(100_000);
    expect(upstream.isPaused()).toBe(true);
  });

  it('closes the connection when it is destroyed before the connection is there', async () => {
    const opening = Promise.withResolvers<Duplex>();
    const socket = new HostSocket(
      () => opening.promise,
      () => expect.unreachable('it is not connected'),
    );
    socket.destroy();
    const upstream = new PassThrough();
    opening.resolve(upstream);
    await turn();
    expect(upstream.destroyed).toBe(true);
  });

  it('ends the connection when it was ended before the connection was there', async () => {
    const opening = Promise.withResolvers<Duplex>();
    const socket = new HostSocket(
      () => opening.promise,
      () => {},
    );
    socket.end();
    await turn();
    const upstream = new PassThrough();
    opening.resolve(upstream);
    await turn();
    expect(upstream.writableEnded).toBe(true);
  });

  it('fails as the opening fails', async () => {
    const socket = new HostSocket(
      () => Promise.reject(new Error('no way')),
      () => {},
    );
    expect((await once(socket, 'error'))[0]).toEqual(new Error('no way'));
  });

  it('fails as the connection fails', async () => {
    const upstream = new PassThrough();
    const socket = new HostSocket(
      async () => upstream,
      () => {},
    );
    await turn();
    upstream.destroy(new Error('broken'));
    expect((await once(socket, 'error'))[0]).toEqual(new Error('broken'));
    expect(socket.destroyed).toBe(true);
  });

  it('is closed when the connection closes, and closes it', async () => {
    const one = new PassThrough();
    const closing = new HostSocket(
      async () => one,
      () => {},
    );
    await turn();
    one.destroy();
    await once(closing, 'close');
    const other = new PassThrough();
    const closed = new HostSocket(
      async () => other,
      () => {},
    );
    await turn();
    closed.destroy();
    expect(other.destroyed).toBe(true);
  });

  it('takes the calls of a TCP socket that kafkajs makes', () => {
    const socket = new HostSocket(
      () => Promise.withResolvers<Duplex>().promise,
      () => {},
    );
    expect(socket.setKeepAlive().setNoDelay().setTimeout().ref().unref()).toBe(socket);
  });
});
