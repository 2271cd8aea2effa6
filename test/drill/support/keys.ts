import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scene } from './drill-case.ts';

/** A key pair made for a drill. */
export interface DrillKey {
  readonly text: string;
  readonly publicLine: string;
}

/** Makes a key with ssh-keygen and these options, by default without a passphrase. */
export function makeKey(...options: string[]): DrillKey {
  const folder = mkdtempSync(join(tmpdir(), 'drill-key-'));
  const path = join(folder, 'key');
  try {
    const passphrase = options.includes('-N') ? [] : ['-N', ''];
    execFileSync('ssh-keygen', ['-q', '-a', '1', ...options, ...passphrase, '-C', 'drill', '-f', path]);
    return { text: readFileSync(path, 'utf8'), publicLine: readFileSync(`${path}.pub`, 'utf8').trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets these keys sign in as ec2-user, besides the machine's own. */
export const authorize = ({ root }: Scene, ...keys: DrillKey[]) =>
  root(keys.map(key => `echo '${key.publicLine}' >> /home/ec2-user/.ssh/authorized_keys`).join('\n'));
