import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { type Config, parseConfig } from '../../../src/config/config.ts';
import { openHost } from '../../../src/host/open-host.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { nameOf } from '../../../src/host/ssh/target.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');

async function open(config: Config) {
  const log = new RecordingLog();
  const signal = new AbortController().signal;
  const deadline = Number.POSITIVE_INFINITY;
  const host = await openHost(config, {
    clock: systemClock,
    log,
    signal,
    env: process.env,
    deadline,
    firstKeys: new FirstKeys(),
  });
  onTestFinished(() => host.close());
  return { host, log };
}

const noFile = () => expect.unreachable('no file is to be read');

describe('the machine that the inputs name', () => {
  it('is the runner itself for localhost without a key', async () => {
    const { host, log } = await open(parseConfig({ host: 'localhost' }, noFile));
    expect(host.name).toBe('this runner');
    expect((await host.run({ argv: ['echo', 'here'] })).stdout).toBe('here\n');
    expect(log.text).toContain('commands run here, without SSH');
  });

  it('is reached over SSH with a key, also when it is localhost', async () => {
    const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey] });
    const inputs = {
      host: 'localhost',
      port: `${server.port}`,
      key: userKey.privateKey,
      'host-fingerprint': hostKey.fingerprint,
    };
    const { host, log } = await open(parseConfig(inputs, noFile));
    expect(host.name).toBe(`ec2-user@localhost:${server.port}`);
    expect((await host.run({ argv: ['echo', 'there'] })).stdout).toBe('there\n');
    expect(server.commands).toHaveLength(1);
    expect(log.lines[0]).toBe(`info ssh ec2-user@localhost:${server.port}`);
  });

  it('is reached through what lies between, and the log says so', async () => {
    const between = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey] });
    const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey] });
    const inputs = {
      host: '127.0.0.1',
      port: `${server.port}`,
      key: userKey.privateKey,
      'jump-host': `jumper@127.0.0.1:${between.port}`,
    };
    const { log } = await open(parseConfig(inputs, noFile));
    expect(log.lines[0]).toContain(` through jumper@127.0.0.1:${between.port}`);
    expect(between.forwards).toBe(1);
  });
});

describe('the name of a machine', () => {
  it.each([
    ['ec2-user', 'machine.example', 22, 'ec2-user@machine.example'],
    ['ec2-user', 'machine.example', 2222, 'ec2-user@machine.example:2222'],
    ['root', '2001:db8::1', 22, 'root@[2001:db8::1]'],
    ['root', '2001:db8::1', 2222, 'root@[2001:db8::1]:2222'],
  ])('of %s, %s and %i is %s', (username, host, port, name) => {
    expect(nameOf({ username, host, port })).toBe(name);
  });
});
