import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { asRoot, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';

/** The action as a self-hosted runner on the machine itself would start it: no SSH, host is localhost. */
describe('the runner itself as the machine', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-local');
    const node = realpathSync(process.execPath);
    const copy = [
      `tar -C '${ROOT}' -cf - dist stacks client | '${ROOT}/lab/lab' root test-local -- tar -xf - -C /opt`,
      `'${ROOT}/lab/lab' root test-local -- sh -c 'cat >/opt/node && chmod 755 /opt/node' <'${node}'`,
    ];
    for (const command of copy) execFileSync('bash', ['-o', 'pipefail', '-c', command]);
  });
  afterAll(() => stopMachine('test-local'));

  /** Runs it as ec2-user with the defaults of action.yml; returns its log and its outputs file. */
  async function run(inputs: Record<string, string>) {
    const { inputs: known } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
      inputs: Record<string, { default?: string }>;
    };
    const variables = Object.entries(known).map(
      ([name, { default: value = '' }]) => `'INPUT_${name.toUpperCase()}=${inputs[name] ?? value}'`,
    );
    const files = 'rm -f /tmp/output; touch /tmp/output; chown ec2-user /tmp/output';
    const environment = [
      'GITHUB_OUTPUT=/tmp/output',
      'RUNNER_TEMP=/tmp',
      'HOME=/home/ec2-user',
      ...variables,
    ].join(' ');
    const log = await asRoot(
      machine,
      `${files}; runuser -u ec2-user -- env ${environment} /opt/node /opt/dist/index.js; echo "exit code $?"`,
    );
    return { log, outputs: await asRoot(machine, 'cat /tmp/output') };
  }

  test('runs the same steps without SSH, and a second run changes nothing', async () => {
    const first = await run({ host: 'localhost' });
    expect(first.log).toContain('commands run here, without SSH');
    expect(first.log).toMatch(/exit code 0$/);
    for (const name of [
      'messages-produced',
      'messages-consumed',
      'host-messages-produced',
      'host-messages-consumed',
    ]) {
      expect(first.outputs).toMatch(new RegExp(`^${name}<<(\\S+)\n10\n\\1$`, 'm'));
    }
    const second = await run({ host: 'localhost' });
    expect(second.log).toMatch(/exit code 0$/);
    expect(second.outputs).toMatch(/^changed<<(\S+)\n\n\1$/m);
  });

  test('a command that hangs ends with the run', async () => {
    await asRoot(
      machine,
      "mv /usr/bin/rpm /usr/bin/rpm.real; printf '#!/bin/sh\\nsleep 60\\n' >/usr/bin/rpm; chmod 755 /usr/bin/rpm",
    );
    const stuck = await run({ host: 'localhost', timeout: '8' });
    await asRoot(machine, 'mv /usr/bin/rpm.real /usr/bin/rpm');
    expect(stuck.log).toContain('run-timeout');
    expect(stuck.log).toMatch(/exit code 1$/);
    expect(await asRoot(machine, 'pgrep -xc sleep || true')).toBe('0');
  });
});
