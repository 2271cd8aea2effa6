import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeSecrets } from '../../../src/action/own-environment.ts';
import { runFromSource } from '../support/action-process.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PASSPHRASE = 'a-passphrase-of-some-length';
const key = makeKey('ed25519', PASSPHRASE).privateKey;
const keyLine = key.split('\n')[2] ?? '';
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

/** What a child can find out of the action: everything that it is given, and that /proc says of its parent. */
const SPY = [
  `env > ${at('child')}`,
  `tr '\\0' '\\n' < /proc/$PPID/environ > ${at('environ')}`,
  `cat /proc/$PPID/task/*/environ | tr '\\0' '\\n' > ${at('threads')}`,
  `cat /proc/$PPID/cmdline > ${at('cmdline')}`,
  `cat /proc/$PPID/coredump_filter > ${at('coredump')}`,
  'kill -USR2 $PPID',
  `for i in 1 2 3 4 5 6 7 8 9 10; do ls ${folder} | grep -q json && break; sleep 0.3; done; sleep 0.3; exit 1`,
].join('; ');

const PROXY_PASSWORD = 'a%20proxy%27s';

describe.runIf(process.platform === 'linux')('once the inputs are read', () => {
  it('no child, nothing in /proc and no report shows a secret', async () => {
    const run = await runFromSource(
      {
        ...{ host: 'machine.example', key, passphrase: PASSPHRASE, 'proxy-command': SPY },
        ...{ 'connect-timeout': '1', 'http-proxy': `http://kafka:${PROXY_PASSWORD}@proxy.example:3128` },
      },
      {
        NODE_OPTIONS: `--report-on-signal --report-directory=${folder}`,
        JOB_KEY: key,
        JOB_DATA: `password=${PASSPHRASE}`,
        JOB_PROXY: `http://kafka:${PROXY_PASSWORD}@proxy.example:3128`,
        KEPT: 'kept',
      },
    );
    expect(run.outputs['error-code']).toBe('proxy-command-failed');
    const report = readdirSync(folder).find(name => name.endsWith('.json')) ?? '';
    for (const name of ['child', 'environ', 'threads', 'cmdline', report]) {
      const text = readFileSync(at(name), 'utf8');
      expect(text).not.toBe('');
      for (const secret of [keyLine, PASSPHRASE, PROXY_PASSWORD, 'INPUT_'])
        expect(text, name).not.toContain(secret);
    }
    for (const name of ['child', 'environ', 'threads'])
      expect(readFileSync(at(name), 'utf8')).toContain('KEPT=kept');
    expect(readFileSync(at(report), 'utf8')).not.toContain('KEPT');
    expect(readFileSync(at('child'), 'utf8')).toMatch(/^PATH=/m);
    expect(Number.parseInt(readFileSync(at('coredump'), 'utf8'), 16)).toBe(0);
  });
});

describe('what is removed', () => {
  it('is every input, and what holds a secret; what a run needs stays', () => {
    const env: NodeJS.ProcessEnv = {
      INPUT_HOST: 'machine.example',
      'INPUT_KEY-FILE': '/a',
      TOKEN: 'secret',
      PATH: '/secret',
      GITHUB_OUTPUT: '/secret/output',
      RUNNER_TEMP: '/secret',
      OTHER: 'other',
    };
    removeSecrets(env, value => value.includes('secret'));
    expect(Object.keys(env)).toEqual(['PATH', 'GITHUB_OUTPUT', 'RUNNER_TEMP', 'OTHER']);
  });
});
