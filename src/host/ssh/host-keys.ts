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
  return `SHA256:${createHash('sha256')
    .update(key)
    .digest('base64')
    .replace(/(?<!=)=+$/, '')}`;
}

/** @returns the kind of a host key in the wire format of RFC 4253, section 6.6, e.g. `ssh-ed25519` */
export function kindOf(key: Buffer): string {
  return key.toString('ascii', 4, 4 + key.readUInt32BE(0));
}

/** Lines that revoke a key forbid it and vouch for no other: they alone pin nothing. */
export const isPinned = (trust: HostTrust) =>
  trust.fingerprints.length > 0 || trust.knownHosts.some(line => !line.revoked);

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
      if (marker === '@cert-authority') {
        throw new Error(
          `line ${number}: @cert-authority is not supported; pin the host key itself: ssh-keyscan HOST`,
        );
      }
      if (marker !== undefined && marker !== '@revoked')
        throw new Error(`line ${number}: ${marker.slice(0, 30)} is not a marker of known_hosts; @revoked is`);
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
  if (isRevoked(trust, host, port, key)) return false;
  const encoded = key.toString('base64');
  return (
    linesFor(trust, host, port).some(line => line.key === encoded) ||
    trust.fingerprints.includes(fingerprintOf(key))
  );
}

/** @returns true for a trusted key; where nothing is pinned, for any that is not revoked */
export const isAccepted = (trust: HostTrust, host: string, port: number, key: Buffer): boolean =>
  isPinned(trust) ? trusts(trust, host, port, key) : !isRevoked(trust, host, port, key);

/** @returns true when a `@revoked` line forbids this key for this host, at whatever port */
export function isRevoked({ knownHosts }: HostTrust, host: string, port: number, key: Buffer): boolean {
  const encoded = key.toString('base64');
  const names = [host, withPort(host, port)];
  return knownHosts.some(
    line => line.revoked && line.key === encoded && names.some(name => speaksOf(line, name)),
  );
}

/**
 * The lines that pin keys for this host and port. A line without a port counts for every port that has no line of its
 * own, as it does for OpenSSH ("found matching key w/out port").
 */
export function linesFor({ knownHosts }: HostTrust, host: string, port: number): KnownHost[] {
  const pinning = (name: string) => knownHosts.filter(line => !line.revoked && speaksOf(line, name));
  const own = pinning(withPort(host, port));
  return own.length > 0 ? own : pinning(host);
}

/** @returns the lines that matter for this host and port: those that pin a key, and all that revoke one */
export function linesAbout(trust: HostTrust, host: string, port: number): KnownHost[] {
  return [...linesFor(trust, host, port), ...trust.knownHosts.filter(line => line.revoked)];
}

const withPort = (host: string, port: number) => (port === 22 ? host : `[${host}]:${port}`);

function speaksOf({ patterns }: KnownHost, name: string): boolean {
  const negated = patterns.some(pattern => pattern.startsWith('!') && matches(pattern.slice(1), name));
  return !negated && patterns.some(pattern => matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(pattern);
  if (hashed) {
    const [, salt = '', hash] = hashed;
    return (
      createHmac('sha1', Buffer.from(salt, 'base64')).update(name.toLowerCase()).digest('base64') === hash
    );
  }
  return matchesGlob(pattern.toLowerCase(), name.toLowerCase());
}

/** `*` and `?` as ssh_config(5), PATTERNS has them. Only the last `*` is ever tried again, so that no pattern takes long. */
function matchesGlob(pattern: string, name: string): boolean {
  let [at, position, star, starred] = [0, 0, -1, 0];
  while (position < name.length) {
    if (pattern[at] === '*') [star, starred] = [at++, position];
    else if (pattern[at] === '?' || pattern[at] === name[position]) [at, position] = [at + 1, position + 1];
    else if (star >= 0) [at, position] = [star + 1, ++starred];
    else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** The signature algorithms of each kind of host key, strongest first; SHA-1 is left out as on Amazon Linux 2023. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const;
export type HostKeyKind = keyof typeof ALGORITHMS;
const HOST_KEY_KINDS = Object.keys(ALGORITHMS) as HostKeyKind[];
export type HostKeyAlgorithm = (typeof ALGORITHMS)[HostKeyKind][number];

/**
 * In which order to ask the machine for its host keys: it shows the first of these that it has. known_hosts lines are
 * asked for by their kind; a fingerprint does not tell its kind, so that all are asked for.
 */
export function kindsToAskFor(trust: HostTrust, host: string, port: number): HostKeyKind[] {
  const types = new Set(linesFor(trust, host, port).map(line => line.type));
  const known = HOST_KEY_KINDS.filter(kind => types.has(kind));
  // Lines for other hosts only: everything is asked for, so that the refusal can show what the machine has.
  if (trust.fingerprints.length === 0 && known.length > 0) return known;
  return [...known, ...HOST_KEY_KINDS.filter(kind => !types.has(kind))];
}

/** The algorithms in which keys of these kinds are shown. */
export const algorithmsOf = (kinds: readonly HostKeyKind[]): HostKeyAlgorithm[] =>
  kinds.flatMap(kind => [...ALGORITHMS[kind]]);
