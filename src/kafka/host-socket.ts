import { Duplex } from 'node:stream';
import { actionErrorIn } from '../errors.ts';

/**
 * A socket for kafkajs over any way to the machine. It can be written to at once; what is written waits until the
 * connection is there. The `set…` methods of a TCP socket are there because kafkajs calls them.
 */
export class HostSocket extends Duplex {
  private upstream: Duplex | undefined;
  private writeWhenOpen: (() => void) | undefined;
  private readonly explain: (error: unknown) => unknown;

  /**
   * @param open makes the connection
   * @param onConnect called when it is there
   * @param explain says in better words what goes wrong, before the connection is there or later
   */
  constructor(
    open: () => Promise<Duplex>,
    onConnect: () => void,
    explain: (error: unknown) => unknown = error => error,
  ) {
    super();
    this.explain = explain;
    open().then(
      upstream => this.attach(upstream, onConnect),
      error => this.destroy(forKafka(explain(error))),
    );
  }

  override _read(): void {
    this.upstream?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.upstream) this.upstream.write(chunk, encoding, done);
    else this.writeWhenOpen = () => this.upstream?.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    // Before the connection is there, attach() ends it.
    this.upstream?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.upstream?.destroy();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  private attach(upstream: Duplex, onConnect: () => void): void {
    if (this.destroyed) {
      upstream.destroy();
      return;
    }
    this.upstream = upstream;
    upstream.on('data', chunk => {
      if (!this.push(chunk)) upstream.pause();
    });
    upstream.once('end', () => this.push(null));
    // Data may still lie in the buffer after a proper end: the stream closes by itself when the buffer is empty.
    upstream.once('close', () => {
      if (!upstream.readableEnded) this.destroy();
    });
    upstream.once('error', error => this.destroy(forKafka(this.explain(error))));
    onConnect();
    this.writeWhenOpen?.();
    this.writeWhenOpen = undefined;
    if (this.writableFinished) upstream.end();
  }
}

/**
 * Of an error of a connection kafkajs keeps the message and the `code`, whatever that is, and forgets the rest: so the error of
 * the action goes with it as the code, where `actionErrorIn` finds it.
 */
function forKafka(error: unknown): Error {
  const own = actionErrorIn(error);
  if (own) return Object.assign(new Error(own.message, { cause: own }), { code: own });
  return error instanceof Error ? error : new Error(String(error));
}
