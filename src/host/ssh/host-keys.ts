import { createHash, createHmac } from 'node:crypto';

/** What a user pinned for a machine: fingerprints, lines of a known_hosts file, or nothing. */
export interface HostTrust {
  /** `SHA256:…`, without padding, as `ssh-keygen -l` prints them. */
  readonly fingerprints: readonly string[];
  readonly knownHosts: readonly KnownHost[];
}

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly patterns: readonly string[];
  readonly revoked: boolean;
  readonly type: string;
  readonly key: string;
}

/** @returns the fingerprint of a host key as OpenSSH prints it: `SHA256:` and unpadded base64 */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** @returns the kind of a host key in the wire format of RFC 4253, section 6.6, e.g. `ssh-ed25519` */
export function kindOf(key: Buffer): string {
  return key.toString('ascii', 4, 4 + key.readUInt32BE(0));
}

export const isPinned = (trust: HostTrust) => trust.fingerprints.length > 0 || trust.knownHosts.length > 0;

/**
 * Reads fingerprints separated by white space or commas.
 * @throws Error saying which one is wrong and why
 */
export function parseFingerprints(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter(item => item !== '')
    .map(item => {
      if (/^MD5:|^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(item)) {
        throw new Error(`"${item}" is an MD5 fingerprint; give the SHA256 one: ssh-keygen -l -f KEY.pub`);
      }
      const match = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(item);
      if (!match)
        throw new Error(`"${item}" is not a fingerprint of the form SHA256:… (43 characters of base64)`);
      return `SHA256:${match[1]}`;
    });
}

/**
 * Reads lines of a known_hosts file, hashed names included.
 * @throws Error saying which line is wrong and why
 */
export function parseKnownHosts(text: string): KnownHost[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => {
      const fields = line.split(/\s+/);
      const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
      if (marker === '@cert-authority')
        throw new Error(`line ${number}: @cert-authority is not supported; pin the host key itself`);
      const [names, type, key] = fields;
      if (!names || !type || !key || !/^[A-Za-z0-9+/]+=*$/.test(key)) {
        throw new Error(
          `line ${number} is not of the form "host key-type base64-key" (as ssh-keyscan prints it): "${line.slice(0, 60)}"`,
        );
      }
      return { patterns: names.split(','), revoked: marker === '@revoked', type, key };
    });
}

/** @returns true when the pinned values allow this key for this host and port */
export function trusts(trust: HostTrust, host: string, port: number, key: Buffer): boolean {
  const lines = linesFor(trust, host, port).filter(line => line.key === key.toString('base64'));
  if (lines.some(line => line.revoked)) return false;
  return lines.length > 0 || trust.fingerprints.includes(fingerprintOf(key));
}

/** @returns the pinned lines that speak of this host and port */
export function linesFor(trust: HostTrust, host: string, port: number): KnownHost[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return trust.knownHosts.filter(line => {
    const negated = line.patterns.some(pattern => pattern.startsWith('!') && matches(pattern.slice(1), name));
    return !negated && line.patterns.some(pattern => matches(pattern, name));
  });
}

function matches(pattern: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(pattern);
  if (hashed) {
    const [, salt = '', hash] = hashed;
    return (
      createHmac('sha1', Buffer.from(salt, 'base64')).update(name.toLowerCase()).digest('base64') === hash
    );
  }
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(name);
}

/** The signature algorithms of each kind of host key, strongest first; SHA-1 is left out as on Amazon Linux 2023. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;
type HostKeyKind = keyof typeof ALGORITHMS;
export type HostKeyAlgorithm = (typeof ALGORITHMS)[HostKeyKind][number];

/**
 * In which order to ask the machine for its host keys. A machine has several and shows the one that is negotiated;
 * a pin speaks of one of them. So known_hosts lines are asked for by their kind, and for bare fingerprints, whose kind
 * is not known, each kind in turn until one fits.
 *
 * @returns one list of algorithms for each attempt
 */
export function negotiationOrder(trust: HostTrust, host: string, port: number): HostKeyAlgorithm[][] {
  const kinds = Object.keys(ALGORITHMS) as HostKeyKind[];
  if (!isPinned(trust)) return [kinds.flatMap(kind => ALGORITHMS[kind])];
  const types = new Set(linesFor(trust, host, port).map(line => line.type));
  const known = kinds.filter(kind => types.has(kind));
  const attempts: HostKeyAlgorithm[][] =
    known.length > 0 ? [known.flatMap(kind => [...ALGORITHMS[kind]])] : [];
  const others = kinds.filter(kind => !types.has(kind)).map(kind => [...ALGORITHMS[kind]]);
  // Lines for other hosts only: ask for everything, so that the refusal can show what the machine offered.
  return trust.fingerprints.length > 0 || attempts.length === 0 ? [...attempts, ...others] : attempts;
}
