import type { HostTrust } from './host-keys.ts';

/** An SSH connection as data; a jump host is one more of the same. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** In a form that `readPrivateKey` returned. */
  readonly privateKey: string;
  /** '' for none. */
  readonly passphrase: string;
  readonly trust: HostTrust;
  readonly via?: SshRoute;
}

/** What stands between the runner and the machine. */
export type SshRoute =
  | { readonly kind: 'jump-host'; readonly target: SshTarget }
  | { readonly kind: 'proxy-command'; readonly command: string };

/** `user@host`, with the port where it is not SSH's own: how messages name a machine. */
export function nameOf({ username, host, port }: Pick<SshTarget, 'username' | 'host' | 'port'>): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `${username}@${address}${port === 22 ? '' : `:${port}`}`;
}
