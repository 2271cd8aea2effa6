import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const REPOSITORY = 'kafka-al2023-action';

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8' });

describe('script/set-org', () => {
  const copy = join(temporaryFolder(), 'copy');
  const read = (path: string) => readFileSync(join(copy, path), 'utf8');
  const setOrg = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(join(copy, 'script', 'set-org'), args, { encoding: 'utf8' });
    return { exitCode: status, output: `${stdout}${stderr}` };
  };
  /** The owners that the files of the copy name, each once. */
  const owners = () => {
    const found = spawnSync('grep', ['-rhoIE', `[A-Za-z0-9-]+/${REPOSITORY}\\b`, '--exclude-dir=.git', '.'], {
      cwd: copy,
      encoding: 'utf8',
    });
    return [...new Set(found.stdout.trim().split('\n'))].map(name => name.slice(0, -1 - REPOSITORY.length));
  };
  const changes = () => git(copy, 'status', '--porcelain');

  beforeAll(() => {
    const paths = git(ROOT, 'ls-files', '-z', '-co', '--exclude-standard')
      .split('\0')
      .filter(path => path && existsSync(join(ROOT, path)));
    for (const path of paths) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(ROOT, path), join(copy, path));
    }
    const [owner] = owners();
    const two = `${owner}/${REPOSITORY} ${owner}/${REPOSITORY}\n`;
    writeFileSync(join(copy, 'two-on-a-line.md'), `${two}my-${owner}/${REPOSITORY}\n`);
    git(copy, 'init', '--quiet');
    git(copy, 'add', '--all');
    git(copy, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '-m', 'copy');
  });

  it.each(['', '-acme', 'acme-', 'a--b', 'a/b', 'a.b', 'a b', 'é', '$(id)', 'a'.repeat(40)])(
    'refuses the name "%s" and changes nothing',
    name => {
      const { exitCode, output } = setOrg(name);
      expect(exitCode).toBe(2);
      expect(output).toContain(`and not '${name}'`);
      expect(changes()).toBe('');
    },
  );

  it('refuses to guess which of two names is meant', () => {
    expect(setOrg('acme', 'other').exitCode).toBe(2);
    expect(setOrg().exitCode).toBe(2);
  });

  it('writes the new owner wherever the old one was, and nowhere else', () => {
    const [owner, longer, ...others] = owners().sort((one, other) => one.length - other.length);
    expect([longer, others]).toEqual([`my-${owner}`, []]);
    expect(setOrg('Acme-1').exitCode).toBe(0);
    expect(owners().sort()).toEqual(['Acme-1', longer]);
    expect(read('.github/CODEOWNERS')).toMatch(/^\* @Acme-1\//m);
    expect(read('examples/deploy.yml')).toContain(`uses: Acme-1/${REPOSITORY}@v1`);
    const lines = git(copy, 'diff', '--unified=0').split('\n');
    const added = lines.filter(line => /^\+(?!\+\+ )/.test(line));
    for (const line of added) expect(line).toContain('Acme-1/');
  });

  it('does nothing the second time', () => {
    const after = changes();
    expect(setOrg('Acme-1')).toEqual({ exitCode: 0, output: 'the owner is Acme-1 already\n' });
    expect(changes()).toBe(after);
  });

  it('takes the next owner from the one before', () => {
    expect(setOrg('next').exitCode).toBe(0);
    expect(owners()).toContain('next');
    expect(owners()).not.toContain('Acme-1');
    expect(read('.github/CODEOWNERS')).toMatch(/^\* @next\//m);
  });
});
