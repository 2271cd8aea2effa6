import { isPinned, kindOf } from '../host/ssh/host-keys.ts';
import type { SshTarget } from '../host/ssh/target.ts';

/** Remembers the host keys of machines that the user did not pin: they must not change while the tunnel lives. */
export class Pins {
  private readonly keys = new Map<string, Buffer>();

  readonly remember = ({ host, port }: SshTarget, key: Buffer): void => {
    this.keys.set(`${host} ${port}`, key);
  };

  /** The target, and its jump host, with what is remembered in place of a missing pin. */
  apply(target: SshTarget): SshTarget {
    const { via, trust, host, port } = target;
    const key = this.keys.get(`${host} ${port}`);
    const pinned =
      isPinned(trust) || !key
        ? trust
        : { ...trust, knownHosts: [...trust.knownHosts, lineOf(host, port, key)] };
    return {
      ...target,
      trust: pinned,
      ...(via?.kind === 'jump-host' ? { via: { ...via, target: this.apply(via.target) } } : {}),
    };
  }
}

const lineOf = (host: string, port: number, key: Buffer) => ({
  patterns: [port === 22 ? host : `[${host}]:${port}`],
  revoked: false,
  type: kindOf(key),
  key: key.toString('base64'),
});
