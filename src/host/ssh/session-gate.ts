/** What sshd takes where nobody has set anything else. A refusal costs a round trip, and more side by side is no faster. */
const USUAL_LIMIT = 10;

/**
 * Lets as many commands through one connection side by side as its sshd takes (sshd_config, MaxSessions). Where that is less than
 * usual, it is learned from the first refusal; forwarded connections do not count.
 */
export class SessionGate {
  private limit = USUAL_LIMIT;
  private taken = 0;
  private readonly waiting: (() => void)[] = [];
  /** Told when somebody has to wait: what need not be open can make room. */
  onWait: () => void = () => {};

  /** The next one would have to wait. */
  get isFull(): boolean {
    return this.taken >= this.limit;
  }

  /** Somebody waits for a session to end, or sshd takes fewer than usual: none is to be kept that is not needed. */
  get isScarce(): boolean {
    return this.waiting.length > 0 || this.limit < USUAL_LIMIT;
  }

  /** Waits for its turn. @throws the signal's reason */
  async enter(signal?: AbortSignal): Promise<void> {
    while (this.isFull) await this.turn(signal);
    this.taken++;
  }

  /** Sessions are open, or being opened: it is worth while to wait for one of them to end. */
  get isUsed(): boolean {
    return this.taken > 0;
  }

  /** A session is over. */
  leave(): void {
    this.taken--;
    this.waiting.shift()?.();
  }

  /** sshd has refused a session. Nobody's turn comes by that, as long as another one is open: it would be refused as well. */
  refused(): void {
    this.taken--;
    this.limit = Math.max(1, Math.min(this.limit, this.taken));
    if (this.taken === 0) this.waiting.shift()?.();
  }

  private async turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => {
      const index = this.waiting.indexOf(resolve);
      if (index >= 0) this.waiting.splice(index, 1);
      reject(signal?.reason);
    };
    this.waiting.push(resolve);
    this.onWait();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
