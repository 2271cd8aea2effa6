import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

test('the archive that a runner downloads holds what runs, the licence and the README, and nothing else', () => {
  const archive = execFileSync('git', ['archive', '--worktree-attributes', 'HEAD'], {
    cwd: ROOT,
    maxBuffer: 1 << 26,
  });
  const paths = execFileSync('tar', ['--list'], { input: archive, encoding: 'utf8' }).trim().split('\n');
  const parts = new Set(paths.map(path => path.replace(/\/.*$/, '')));
  expect([...parts].sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'client', 'dist', 'stacks']);
});
