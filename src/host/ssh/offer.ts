import type { OfferedAlgorithms } from './server-words.ts';

/**
 * What this client offers beside host keys: all that the SSH library has and nobody advises against. No SHA-1 and no CBC; and no group
 * exchange, for the library takes whatever prime the server sends, however small.
 */
export const OFFER = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  mac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
} as const satisfies Omit<OfferedAlgorithms, 'hostKey'>;

/** What the two sides have to agree on: the words for it, and sshd's setting. */
const PARTS = {
  kex: { words: 'key exchange', setting: 'KexAlgorithms' },
  hostKey: { words: 'host key algorithm', setting: 'HostKeyAlgorithms' },
  cipher: { words: 'cipher', setting: 'Ciphers' },
  mac: { words: 'MAC', setting: 'MACs' },
} as const;

/** The SSH library's words for each of them. */
const NOTHING_IN_COMMON: readonly (readonly [RegExp, keyof OfferedAlgorithms])[] = [
  [/no matching key exchange algorithm/i, 'kex'],
  [/no matching host key format/i, 'hostKey'],
  [/no matching [CS]->[CS] cipher/i, 'cipher'],
  [/no matching [CS]->[CS] MAC/i, 'mac'],
];

/** A part of the handshake on which client and server cannot agree. */
export interface Disagreement {
  readonly part: string;
  /** In sshd_config. */
  readonly setting: string;
  readonly ours: readonly string[];
  /** Undefined when it is not known. */
  readonly theirs?: readonly string[];
}

/** @returns what the two sides have not in common, when that is why the handshake failed */
export function disagreementIn(
  error: Error,
  hostKey: readonly string[],
  theirs: OfferedAlgorithms | undefined,
): Disagreement | undefined {
  const part = NOTHING_IN_COMMON.find(([pattern]) => pattern.test(error.message))?.[1];
  if (!part) return undefined;
  const ours = { ...OFFER, hostKey }[part];
  return { part: PARTS[part].words, setting: PARTS[part].setting, ours, theirs: theirs?.[part] };
}
