import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { loggedIn } from '../../../../src/steps/deploy/registry-login.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PASSWORD = 'Q7 "x$J\\';
const folder = temporaryFolder();
const noted = (name: string) => join(folder, name);
const told = (name: string) => (existsSync(noted(name)) ? readFileSync(noted(name), 'utf8').trim() : '');

/** Notes what it gets, as `docker login` and a pull see it. */
function program(name: string, script: string): string {
  writeFileSync(noted(name), `#!/bin/sh\n${script}\n`);
  chmodSync(noted(name), 0o755);
  return noted(name);
}

const DOCKER = `echo "$*" >${noted('words')}; cat >${noted('password')}; echo secret >"$DOCKER_CONFIG/config.json"
echo "$DOCKER_CONFIG" >${noted('folder')}`;

/** Runs it as the machine's shell does; everything of root's is this user's own. */
function start(pull: string) {
  const command = loggedIn({ argv: [pull, 'a', 'b c'] }, 'docker.io/x', {
    username: 'me',
    password: PASSWORD,
  });
  const [file, ...args] = command.argv;
  const child = spawn(file, args, {
    env: { PATH: `${folder}:${process.env.PATH}` },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(command.stdin);
  return { command, child, ended: once(child, 'exit') as Promise<[number | null, string | null]> };
}

// Only root may write in /run, where the login is kept.
describe.runIf(process.getuid?.() === 0)('a command with Docker logged in', () => {
  it('has the login while it runs, which is gone afterwards; the password is no argument', async () => {
    program('docker', DOCKER);
    const { command, ended } = start(
      program(
        'pull',
        `cp "$DOCKER_CONFIG/config.json" ${noted('seen')}; stat -c %a "$DOCKER_CONFIG" >${noted('mode')}; echo "$#" >${noted('count')}; exit 5`,
      ),
    );
    expect((await ended)[0]).toBe(5);
    expect(command).toMatchObject({ sudo: true, needsEngine: true, stdin: PASSWORD });
    expect(command.argv.join(' ')).not.toContain('Q7');
    expect(told('words')).toBe('login --username me --password-stdin -- docker.io');
    expect(told('password')).toBe(PASSWORD);
    expect([told('seen'), told('mode'), told('count')]).toEqual(['secret', '700', '2']);
    expect(told('folder')).toMatch(/^\/run\/kafka-al2023-login\./);
    expect(existsSync(told('folder'))).toBe(false);
  });

  it('does not run when the login is refused, and leaves none', async () => {
    program('docker', `${DOCKER}; exit 1`);
    const { ended } = start(program('pull', `echo ran >${noted('ran')}`));
    expect((await ended)[0]).toBe(77);
    expect(existsSync(noted('ran'))).toBe(false);
    expect(existsSync(told('folder'))).toBe(false);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'is stopped with its run by %s, and the login is taken back',
    async signal => {
      program('docker', DOCKER);
      const { child, ended } = start(
        program(
          'pull',
          `sleep 60 & trap 'kill $!; echo told >${noted(`told-${signal}`)}; exit 1' TERM; echo $$ >${noted(`pid-${signal}`)}; wait`,
        ),
      );
      while (told(`pid-${signal}`) === '') await systemClock.sleep(20);
      expect(statSync(told('folder')).isDirectory()).toBe(true);
      child.kill(signal);
      await ended;
      expect(existsSync(told('folder'))).toBe(false);
      while (told(`told-${signal}`) === '') await systemClock.sleep(20);
    },
  );
});
