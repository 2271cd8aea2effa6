import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const SCRIPTS = join(import.meta.dirname, '..', '..', 'script');

/** As gh: a release is missing, a draft or public. With the file `down` it does not answer. */
const GH = `#!/bin/sh
cd "$GITHUB"
echo "$*" >>calls
if [ -f down ]; then echo 'HTTP 502' >&2; exit 1; fi
case $2 in
  view) cat state 2>/dev/null || { echo 'release not found' >&2; exit 1; } ;;
  create) echo draft >state; cat >notes ;;
  edit) echo public >state ;;
esac
`;

/** The scripts of the release, in a repository with a remote. */
describe('a release', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'gh'), GH, { mode: 0o755 });
  let clone: string;
  let remote: string;
  /** The folder that stands for GitHub: `state`, `notes`, and `calls`, one a line. */
  let github: string;
  let number = 0;

  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: clone, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  const script = (name: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(join(clone, 'script', name), args, {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, GITHUB: github },
    });
    return { exitCode: status, output: `${stdout}${stderr}` };
  };
  /** A commit on main with this version, and its tag. */
  const release = (version: string, changelog = version) => {
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ version }));
    writeFileSync(join(clone, 'CHANGELOG.md'), `## [Unreleased]\n\n## [${changelog}] - 2026-01-01\n`);
    git('add', '--all');
    git('commit', '--quiet', '--message', version);
    git('tag', `v${version}`);
    git('push', '--quiet', 'origin', 'main', `v${version}`);
    return git('rev-parse', 'HEAD');
  };
  const onGitHub = (name: string) => readFileSync(join(github, name), 'utf8');
  /** What was asked of GitHub, without the questions. */
  const calls = () =>
    onGitHub('calls')
      .trim()
      .split('\n')
      .filter(call => !call.startsWith('release view'));
  const remoteTag = (name: string) => git('ls-remote', 'origin', `refs/tags/${name}`).split('\t')[0];

  beforeEach(() => {
    number++;
    remote = join(folder, `remote-${number}`);
    clone = join(folder, `clone-${number}`);
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', remote]);
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', clone]);
    github = join(folder, `github-${number}`);
    mkdirSync(github);
    git('remote', 'add', 'origin', remote);
    git('config', 'user.name', 'test');
    git('config', 'user.email', 'test@example.com');
    mkdirSync(join(clone, 'script'));
    for (const name of ['check-release', 'move-major-tag', 'publish-release'])
      cpSync(join(SCRIPTS, name), join(clone, 'script', name));
  });

  test('fits when package.json, the changelog and main agree with the tag', () => {
    release('1.2.3');
    expect(script('check-release', 'v1.2.3')).toEqual({
      exitCode: 0,
      output: 'v1.2.3 fits: package.json, CHANGELOG.md, main\n',
    });
  });

  test('says everything that does not fit', () => {
    release('1.2.3', '1.2.2');
    git('tag', 'v1.3.0');
    const { exitCode, output } = script('check-release', 'v1.3.0');
    expect(exitCode).toBe(1);
    expect(output).toContain(
      "package.json has version 1.2.3: set it with 'npm version --no-git-tag-version 1.3.0'",
    );
    expect(output).toContain('CHANGELOG.md has no section [1.3.0]');
    expect(output).not.toContain('main');
  });

  test('must be on main', () => {
    release('1.2.3');
    git('switch', '--quiet', '--create', 'other');
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ version: '1.2.4' }));
    writeFileSync(join(clone, 'CHANGELOG.md'), '## [1.2.4]\n');
    git('commit', '--quiet', '--all', '--message', 'not on main');
    git('tag', 'v1.2.4');
    expect(script('check-release', 'v1.2.4')).toEqual({
      exitCode: 1,
      output: 'v1.2.4: the tag is not on main: releases are made from there\n',
    });
  });

  test('must be what is checked out', () => {
    release('1.2.3');
    git('commit', '--quiet', '--allow-empty', '--message', 'later');
    expect(script('check-release', 'v1.2.3').output).toBe('v1.2.3: the tag is not what is checked out\n');
  });

  test.each(['check-release', 'move-major-tag', 'publish-release'])(
    '%s takes nothing but a version',
    name => {
      for (const wrong of ['', 'v1', '1.2.3', 'v1.2.3-rc.1', 'v1.2.3; true'])
        expect(script(name, wrong)).toMatchObject({ exitCode: 2 });
    },
  );

  test('makes the major tag, and moves it to each newer release', () => {
    const first = release('1.9.0');
    expect(script('move-major-tag', 'v1.9.0').exitCode).toBe(0);
    expect(remoteTag('v1')).toBe(first);
    const second = release('1.10.0');
    expect(script('move-major-tag', 'v1.10.0').exitCode).toBe(0);
    expect(remoteTag('v1')).toBe(second);
  });

  test('moves it to the commit of an annotated tag', () => {
    const commit = release('1.0.0');
    git('tag', '--force', '--annotate', '--message', 'first', 'v1.0.0', commit);
    script('move-major-tag', 'v1.0.0');
    expect(remoteTag('v1')).toBe(commit);
  });

  test('of an older line leaves it alone', () => {
    const newest = release('1.10.0');
    script('move-major-tag', 'v1.10.0');
    release('1.9.1');
    expect(script('move-major-tag', 'v1.9.1')).toEqual({
      exitCode: 0,
      output: 'v1 stays: v1.10.0 is the newest of its releases here, not v1.9.1\n',
    });
    expect(remoteTag('v1')).toBe(newest);
  });

  test('of another major version has a tag of its own', () => {
    const first = release('1.0.0');
    script('move-major-tag', 'v1.0.0');
    const tenth = release('10.0.0');
    script('move-major-tag', 'v10.0.0');
    expect([remoteTag('v1'), remoteTag('v10')]).toEqual([first, tenth]);
  });

  test('is a draft with its files first, and public then', () => {
    release('1.2.3');
    expect(script('publish-release', 'v1.2.3', 'sbom.cdx.json')).toEqual({
      exitCode: 0,
      output: 'v1.2.3 is public\n',
    });
    expect(calls()).toEqual([
      'release create v1.2.3 --draft --verify-tag --title v1.2.3 --notes-file -',
      'release upload v1.2.3 --clobber sbom.cdx.json',
      'release edit v1.2.3 --draft=false --verify-tag --latest=true',
    ]);
  });

  test('has the section of the changelog as its notes', () => {
    release('1.2.3');
    const text =
      '## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n\n### Added\n\n- A mode.\n\n## [1.2.2] - 2025\n\n- Old.\n';
    writeFileSync(join(clone, 'CHANGELOG.md'), text);
    script('publish-release', 'v1.2.3');
    expect(onGitHub('notes')).toBe('### Added\n\n- A mode.\n');
  });

  test('that somebody wrote as a draft keeps its notes', () => {
    release('1.2.3');
    writeFileSync(join(github, 'state'), 'draft\n');
    expect(script('publish-release', 'v1.2.3').exitCode).toBe(0);
    expect(calls()).toEqual(['release edit v1.2.3 --draft=false --verify-tag --latest=true']);
    expect(existsSync(join(github, 'notes'))).toBe(false);
  });

  test('that is public stays as it is', () => {
    release('1.2.3');
    writeFileSync(join(github, 'state'), 'public\n');
    expect(script('publish-release', 'v1.2.3', 'sbom.cdx.json')).toEqual({
      exitCode: 0,
      output: 'v1.2.3 is public already\n',
    });
    expect(calls()).toEqual([]);
  });

  test('is not made while GitHub does not answer', () => {
    release('1.2.3');
    writeFileSync(join(github, 'down'), '');
    expect(script('publish-release', 'v1.2.3')).toEqual({ exitCode: 1, output: 'HTTP 502\n' });
    expect(calls()).toEqual([]);
  });

  test('of an older line is not shown as the latest', () => {
    release('1.10.0');
    release('1.9.1');
    script('publish-release', 'v1.9.1');
    expect(calls().at(-1)).toBe('release edit v1.9.1 --draft=false --verify-tag --latest=false');
  });
});
