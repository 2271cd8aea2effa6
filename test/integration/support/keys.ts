import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new private key, made by ssh-keygen.
 * @param options its options, e.g. `['-t', 'rsa']`; without `-N` the key has no passphrase
 * @param onPublicKey given the line for authorized_keys
 */
export function makeKey(options: readonly string[], onPublicKey?: (line: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  try {
    const file = join(folder, 'key');
    const passphrase = options.includes('-N') ? [] : ['-N', ''];
    execFileSync('ssh-keygen', ['-q', '-f', file, ...passphrase, ...options]);
    onPublicKey?.(readFileSync(`${file}.pub`, 'utf8'));
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
