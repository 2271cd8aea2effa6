import ssh2, { type AuthHandlerMiddleware, type ParsedKey } from 'ssh2';
import type { SshTarget } from './target.ts';

/** How far a sign-in came, as the machine showed it. */
export interface SignInFacts {
  readonly key: ParsedKey;
  /** The methods that the machine takes from this user. */
  readonly methods: readonly string[];
  readonly wasOffered: boolean;
  /** The machine knows the key for this user: it asked for the signature. */
  readonly isKnown: boolean;
  /** The machine accepted the key and wants something besides. */
  readonly isPartial: boolean;
  /** What the machine said to everybody before it knew who comes. */
  readonly notices: readonly string[];
  /** What the machine said to this user once it knew the key: why it lets nobody in. */
  readonly reasons: readonly string[];
}

/** One sign-in by key, and what it shows. */
export class SignIn implements SignInFacts {
  readonly key: ParsedKey;
  readonly notices: string[] = [];
  readonly reasons: string[] = [];
  methods: readonly string[] = [];
  wasOffered = false;
  isKnown = false;
  isPartial = false;
  private readonly username: string;
  private hasAsked = false;

  /** @throws Error when the key of `target` is not one that `readPrivateKey` returned */
  constructor({ username, privateKey, passphrase }: SshTarget) {
    this.username = username;
    const key = ssh2.utils.parseKey(privateKey, passphrase || undefined);
    if (key instanceof Error) throw key;
    const { sign } = key;
    this.key = Object.assign(key, {
      sign: (...args: Parameters<typeof sign>) => {
        this.isKnown = true;
        return sign.apply(key, args);
      },
    });
  }

  /** Asks first, without a key, which methods there are; then offers the key, once. */
  readonly handler: AuthHandlerMiddleware = (methods, isPartial, next) => {
    const { username } = this;
    if (!this.hasAsked) {
      this.hasAsked = true;
      next({ type: 'none', username });
      return;
    }
    this.methods = methods ?? [];
    this.isPartial = isPartial === true;
    if (!this.wasOffered && this.methods.includes('publickey')) {
      this.wasOffered = true;
      next({ type: 'publickey', username, key: this.key });
      return;
    }
    // The library's way to say that there is nothing more to try; its types leave it out.
    next(false as never);
  };

  /** Takes a message that the machine sends before it lets the user in. */
  readonly hear = (text: string): void => {
    const lines = text.split(/\r?\n/).map(line => line.trim());
    (this.isKnown ? this.reasons : this.notices).push(...lines.filter(line => line !== ''));
  };
}
