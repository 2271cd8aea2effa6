import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A key pair made with ssh-keygen. */
export interface KeyPair {
  /** The text of the private key. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without the comment. */
  readonly publicKey: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** Path of the private key; the public one lies beside it. */
  readonly path: string;
}

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

const folder = mkdtempSync(join(tmpdir(), 'kafka-action-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/**
 * Makes a key with ssh-keygen.
 * @param options more of ssh-keygen's options, e.g. `-m PEM`
 */
export function makeKey(kind: KeyKind, passphrase = '', options: readonly string[] = []): KeyPair {
  const path = join(folder, `key-${count++}`);
  const size = kind === 'rsa' && !options.includes('-b') ? ['-b', '2048'] : [];
  // One round of bcrypt is enough for a test.
  keygen('-q', '-a', '1', '-t', kind, ...size, '-N', passphrase, '-C', 'a comment', ...options, '-f', path);
  return readPair(path);
}

/** Reads a key pair that lies on disk. */
export function readPair(path: string): KeyPair {
  const publicKey = readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
  const fingerprint = keygen('-l', '-f', `${path}.pub`).split(' ')[1] ?? '';
  return { privateKey: readFileSync(path, 'utf8'), publicKey, fingerprint, path };
}

/** Runs ssh-keygen(1). @returns its standard output */
export function keygen(...args: string[]): string {
  return execFileSync('ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs openssl(1). @returns its standard output */
export function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
