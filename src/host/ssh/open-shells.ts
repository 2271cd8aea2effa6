import type { Clock } from '../../clock.ts';
import { within } from '../../waiting.ts';
import { openShellText } from '../program.ts';
import type { LiveConnection } from './line.ts';
import { OpenShell, ShellEnded } from './open-shell.ts';
import { openSession } from './session.ts';

type User = 'user' | 'root';

/** Of each user. More than the machine has processors are no faster. */
const MOST = 3;
/** When none of them has become free for so long, they may all wait for something that does not answer. */
const PATIENCE_MS = 3_000;

/**
 * The shells that stay open in one connection, for commands that only look: beginning a session costs the machine some ten times
 * what such a command does, and far from it a tenth of a second more. Whatever is wrong with them, a command has a session of
 * its own as well.
 */
export class OpenShells {
  private static readonly all = new WeakMap<LiveConnection, OpenShells>();
  private readonly live: LiveConnection;
  private readonly kinds: Record<User, Kind> = { user: new Kind(), root: new Kind() };

  private constructor(live: LiveConnection) {
    this.live = live;
    live.gate.onWait = () => this.makeRoom();
  }

  /** Those of a connection. */
  static in(live: LiveConnection): OpenShells {
    const shells = OpenShells.all.get(live) ?? new OpenShells(live);
    OpenShells.all.set(live, shells);
    return shells;
  }

  /**
   * Lets `work` use a shell; one that throws is not used again.
   * @returns undefined when there is none for it, or it has ended
   */
  async use<T>(
    { user, clock }: { readonly user: User; readonly clock: Clock },
    work: (shell: OpenShell) => Promise<T>,
  ): Promise<T | undefined> {
    const kind = this.kinds[user];
    const shell = await this.take(kind, user, clock);
    if (!shell) return undefined;
    try {
      const result = await work(shell);
      if (this.live.gate.isScarce) shell.close();
      else kind.giveBack(shell);
      return result;
    } catch (error) {
      shell.close();
      if (!(error instanceof ShellEnded)) throw error;
      kind.isUnusable = true;
      return undefined;
    }
  }

  private async take(kind: Kind, user: User, clock: Clock): Promise<OpenShell | undefined> {
    const { gate } = this.live;
    const idle = kind.idle.pop();
    if (idle || kind.isUnusable || gate.isScarce) return idle;
    if (kind.count < MOST && !gate.isFull) return this.open(kind, user);
    return kind.count > 0 ? kind.next(clock) : undefined;
  }

  private async open(kind: Kind, user: User): Promise<OpenShell | undefined> {
    kind.count++;
    try {
      await this.live.gate.enter();
      const { channel, closed } = await openSession(this.live, openShellText(user === 'root'));
      const shell = new OpenShell(channel, closed);
      closed.then(() => kind.forget(shell));
      return shell;
    } catch {
      // sshd takes no more sessions, or the connection broke: the session of its own tells.
      kind.count--;
      return undefined;
    }
  }

  private makeRoom(): void {
    const { user, root } = this.kinds;
    (user.idle.pop() ?? root.idle.pop())?.close();
  }
}

/** The shells of one user. */
class Kind {
  /** Open, or being opened. */
  count = 0;
  isUnusable = false;
  private answers = 0;
  readonly idle: OpenShell[] = [];
  private readonly waiting: ((shell: OpenShell) => void)[] = [];

  giveBack(shell: OpenShell): void {
    this.answers++;
    const next = this.waiting.shift();
    if (next) next(shell);
    else this.idle.push(shell);
  }

  forget(shell: OpenShell): void {
    this.count--;
    const index = this.idle.indexOf(shell);
    if (index >= 0) this.idle.splice(index, 1);
  }

  /** The next one that is free, as long as they give answers. */
  async next(clock: Clock): Promise<OpenShell | undefined> {
    const { promise, resolve } = Promise.withResolvers<OpenShell | undefined>();
    this.waiting.push(resolve);
    for (;;) {
      const { answers } = this;
      const isLate = await within(
        clock,
        PATIENCE_MS,
        promise.then(() => false),
        () => true,
      );
      if (!isLate) return promise;
      if (this.answers > answers) continue;
      this.waiting.splice(this.waiting.indexOf(resolve), 1);
      return undefined;
    }
  }
}
