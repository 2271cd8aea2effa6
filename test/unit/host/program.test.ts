import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Answer } from '../../../src/host/answer.ts';
import type { Command } from '../../../src/host/host.ts';
import { newMarks } from '../../../src/host/marks.ts';
import { loginShellText, programOf } from '../../../src/host/program.ts';
import { PROXY_FILE } from '../../../src/host/proxy-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs a command as sshd does: the login shell of the user gets one line of text. */
function inShell(shell: string, command: Command, env: NodeJS.ProcessEnv = process.env, runId?: string) {
  const marks = newMarks();
  const text = loginShellText(programOf(command, 20_000, marks, runId));
  const { stdout, stderr, status } = spawnSync(shell, ['-c', text], { env, input: command.stdin });
  const answer = new Answer(marks, command);
  answer.write('stdout', stdout);
  answer.write('stderr', stderr);
  return answer.result(command, { code: status ?? 255 }, 'ec2-user');
}

const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish', 'tcsh', 'csh', 'ksh'].filter(
  shell => existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`),
);

describe.each(SHELLS)('a command for the login shell %s', shell => {
  it('gets any argument as it is', () => {
    const words = [
      "it's",
      '$HOME `id` $(id)',
      '\\',
      "\\'",
      'a\\\\b',
      '!x',
      '!!',
      '^a^b',
      '@0134',
      'ü 漢\n\t',
      '*',
      '',
      '%s',
      '~',
    ];
    const { stdout, exitCode } = inShell(shell, { argv: ['printf', '%s|', ...words] });
    expect(stdout).toBe(words.map(word => `${word}|`).join(''));
    expect(exitCode).toBe(0);
  });

  it('has its exit code, outputs and input', () => {
    const argv = ['sh', '-c', 'cat; echo err >&2; exit 7'] as const;
    expect(inShell(shell, { argv, stdin: 'in\n' })).toEqual({ exitCode: 7, stdout: 'in\n', stderr: 'err\n' });
  });
});

describe('the text for a login shell', () => {
  it('is printable, whatever the command is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), word => {
        const text = loginShellText(programOf({ argv: ['echo', word.toWellFormed()] }, 1_000, newMarks()));
        expect(text).toMatch(/^[ -~]+$/);
        expect(text).not.toMatch(/[!^]\w|\\'|\\\\/);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the environment of a command', () => {
  const surroundings = {
    ...{ HOME: process.env.HOME, USER: 'somebody' },
    ...{ DOCKER_HOST: 'tcp://127.0.0.1:1', COMPOSE_FILE: '/x', CDPATH: '/', GREP_OPTIONS: '-v' },
    ...{ LC_ALL: 'de_DE.UTF-8', LANG: 'tr_TR', BASH_ENV: '/dev/null', ENV: '/dev/null', PATH: '/nowhere' },
    ...{ https_proxy: 'http://user:a secret@proxy:3128', NO_PROXY: '10.0.0.0/8' },
    ...{ SHELLOPTS: 'nounset', 'BASH_FUNC_printf%%': '() { echo cuckoo; }', 'BASH_FUNC_env%%': '() { :; }' },
    LINES: 'first\nhttp_proxy=no variable\nPATH=neither',
  };
  const environment = () => {
    const { stdout } = inShell('/bin/bash', { argv: ['env'] }, surroundings, 'ab12');
    return stdout.split('\n').map(line => line.replace(/=.*/, ''));
  };

  it('has what a download needs, and the mark of the run', () => {
    expect(environment()).toEqual(
      expect.arrayContaining(['HOME', 'https_proxy', 'NO_PROXY', 'KAFKA_AL2023_RUN']),
    );
  });

  it('has nothing else of the login shell', () => {
    const expected = [
      '',
      'HOME',
      'KAFKA_AL2023_RUN',
      'LC_ALL',
      'LOGNAME',
      'NO_PROXY',
      'PATH',
      'PWD',
      'SHLVL',
      'USER',
      '_',
    ];
    expect(environment().filter(name => ![...expected, 'https_proxy', 'OLDPWD'].includes(name))).toEqual([]);
  });

  it('shows no value of it in an argument', () => {
    const script = 'tr "\\0" " " <"/proc/$PPID/cmdline"; ps -eo args 2>/dev/null || :';
    const { stdout } = inShell('/bin/bash', { argv: ['sh', '-c', script] }, surroundings);
    expect(stdout).not.toContain('a secret');
  });

  it('finds the programs of the system, and makes files that others can read', () => {
    const { stdout } = inShell('/bin/bash', { argv: ['sh', '-c', 'umask; command -v sed'] }, surroundings);
    expect(stdout).toMatch(/^0022\n\/(usr\/)?bin\/sed\n$/);
  });

  it('has the proxy that the machine was given when it downloads something, before that of the login shell', () => {
    const file = join(temporaryFolder(), 'proxy.env');
    writeFileSync(file, "# a proxy\nhttps_proxy='http://u:p%40ss@given:3128'\n");
    const proxyOf = (downloads: boolean, path: string) => {
      const program = programOf({ argv: ['env'], downloads }, 20_000, newMarks());
      const { stdout } = spawnSync(
        '/bin/bash',
        ['-c', loginShellText(program.replaceAll(PROXY_FILE, path))],
        {
          env: surroundings,
        },
      );
      return /https_proxy=(.*)/.exec(stdout.toString())?.[1];
    };
    expect(proxyOf(true, file)).toBe('http://u:p%40ss@given:3128');
    expect(proxyOf(true, `${file}.none`)).toBe(surroundings.https_proxy);
    expect(proxyOf(false, file)).toBe(surroundings.https_proxy);
  });

  it('is without the mark of the run for a command that undoes something', () => {
    const { stdout } = inShell('/bin/bash', { argv: ['env'], isUndo: true }, process.env, 'ab12');
    expect(stdout).not.toContain('KAFKA_AL2023_RUN');
  });
});

describe('a command that the machine has to stop', () => {
  it('ends with the code of timeout, and the shell says nothing of it', () => {
    const marks = newMarks();
    const text = loginShellText(programOf({ argv: ['sh', '-c', 'echo up; kill -KILL $PPID'] }, 9_000, marks));
    const { stderr } = spawnSync('bash', ['-c', text]);
    expect(stderr.toString()).toMatch(/^[0-9a-f]+e:shell;[0-9a-f]+e:command;[0-9a-f]+e:end:137;$/);
  });
});

describe('a command as root', () => {
  it('is not run by a sudo that somebody has put first in the way', () => {
    const folder = temporaryFolder();
    const plant = (name: string, script: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    plant('id', 'echo 1000');
    plant('sudo', `touch ${folder}/ran; while [ "$1" != -- ]; do shift; done; shift; exec "$@"`);
    const program = programOf({ argv: ['true'], sudo: true }, 20_000, newMarks());
    spawnSync('sh', ['-c', program], {
      env: { ...process.env, PATH: `${folder}:/usr/bin:/bin` },
      timeout: 20_000,
    });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    expect(program).toContain('/usr/bin/sudo');
  });

  it('names sudo by its whole path in every script of the action', () => {
    const scripts = globSync('src/**/*.ts').map(path => readFileSync(path, 'utf8'));
    const calls = scripts.flatMap(text => text.match(/\S*sudo -n\b/g) ?? []);
    expect(calls.length).toBeGreaterThan(4);
    for (const call of calls) expect(call).toMatch(/(^|["'(`])\/usr\/bin\/sudo -n$/);
  });
});
