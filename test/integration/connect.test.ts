import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAction } from '../../script/run-action.ts';
import { runAfterFailures } from './support/first-failure.ts';
import { makeKey } from './support/keys.ts';
import {
  asRoot,
  connectionTo,
  deployTo,
  type Machine,
  ROOT,
  startMachine,
  stopMachine,
} from './support/lab.ts';

runAfterFailures();

/**
 * Every way to a machine and every refusal. The machine has no sudo: a run that connects ends right after it, with `no-sudo`.
 * By that a test sees that the run connected, in a second and without a change to the machine.
 */
describe('connecting', () => {
  let machine: Machine;
  let jump: Machine;
  const CONNECTED = { result: 'failed', 'failed-step': 'machine', 'error-code': 'no-sudo' };

  beforeAll(async () => {
    [machine, jump] = await Promise.all([startMachine('test-connect'), startMachine('test-jump')]);
    await asRoot(machine, 'mv /etc/sudoers.d/90-cloud-init-users /root/');
  });
  afterAll(async () => {
    await stopMachine('test-connect');
    await stopMachine('test-jump');
  });

  test('a user without sudo is refused, and nothing is changed', async () => {
    const run = await deployTo(machine);
    expect(run.outputs, run.log).toMatchObject({ ...CONNECTED, changed: '' });
    expect(run.exitCode).toBe(1);
    expect(run.log).toContain('sudo does not let user "ec2-user" become root: sudo:');
    expect(run.log).toContain('NOPASSWD:ALL');
    expect(await asRoot(machine, 'ls -A /home/ec2-user | grep -v "^\\." || true')).toBe('');
  });

  test('a machine that is not pinned leads to a warning with the line to add', async () => {
    const run = await deployTo(machine, { 'host-fingerprint': '' });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
    expect(run.log).toMatch(/::warning::.*host-fingerprint: SHA256:\S{43}/);
  });

  test.each([0, 1])('a machine pinned by fingerprint %i of several kinds is trusted', async index => {
    const run = await deployTo(machine, { 'host-fingerprint': machine.fingerprints[index] ?? '' });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
    expect(run.log).not.toContain('::warning::');
  });

  test('a machine pinned by known_hosts lines is trusted', async () => {
    const run = await deployTo(machine, {
      'host-fingerprint': '',
      'known-hosts': readFileSync(machine.knownHostsFile, 'utf8'),
    });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
  });

  test('another host key is refused, with both fingerprints', async () => {
    const run = await deployTo(machine, { 'host-fingerprint': jump.fingerprint });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'connect',
      'error-code': 'ssh-host-key-mismatch',
    });
    expect(run.log).toContain(jump.fingerprint);
    expect(run.log).toContain(machine.fingerprint);
  });

  test('a wrong key is refused after a short time', async () => {
    const run = await deployTo(machine, { key: makeKey(['-t', 'ed25519']) });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'connect',
      'error-code': 'ssh-auth-refused',
    });
    expect(Number(run.outputs['duration-ms'])).toBeLessThan(20_000);
  });

  test('a closed port is given up at connect-timeout', async () => {
    const run = await deployTo(machine, { port: '1', 'connect-timeout': '3' });
    expect(run.outputs, run.log).toMatchObject({ 'failed-step': 'connect', 'error-code': 'ssh-unreachable' });
    expect(run.log).toContain('the port is closed (connection refused)');
  });

  test('an unknown host name has a code of its own', async () => {
    const run = await deployTo(machine, { host: 'no-such-machine.invalid', 'connect-timeout': '2' });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'connect',
      'error-code': 'ssh-host-unknown',
    });
  });

  test('a wrong passphrase and other wrong inputs are named together, and nothing is touched', async () => {
    const run = await deployTo(machine, {
      key: makeKey(['-t', 'ed25519', '-N', 'right']),
      passphrase: 'wrong-passphrase',
      messages: 'ten',
      'jump-host': 'a b',
    });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'inputs',
      'error-code': 'input-invalid',
      result: 'failed',
    });
    for (const name of ['passphrase: ', 'messages: "ten"', 'jump-host: "a b"'])
      expect(run.log).toContain(name);
    expect(run.rawLog.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain('wrong-passphrase');
  });

  test.each([
    ['RSA in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['EC in PKCS#8', ['-t', 'ecdsa', '-m', 'PKCS8']],
    ['ED25519 with a passphrase', ['-t', 'ed25519', '-N', 'secret passphrase']],
  ])('a key signs in: %s', async (_, options) => {
    const publicKeys: string[] = [];
    const key = makeKey(options, text => publicKeys.push(text));
    await asRoot(machine, `echo '${publicKeys[0]?.trim()}' >> /home/ec2-user/.ssh/authorized_keys`);
    const passphrase = options.includes('-N') ? 'secret passphrase' : '';
    const run = await deployTo(machine, { key: key.replaceAll('\n', '\r\n').trimEnd(), passphrase });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
  });

  test('a jump host carries the connection', async () => {
    const run = await deployTo(machine, {
      host: machine.address,
      port: '22',
      'jump-host': `${jump.username}@${jump.host}:${jump.port}`,
      'jump-key': readFileSync(jump.keyFile, 'utf8'),
      'jump-host-fingerprint': jump.fingerprint,
    });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
    expect(run.log).toContain(`through ec2-user@127.0.0.1:${jump.port}`);
  });

  test('a jump host that forwards nothing is named', async () => {
    await asRoot(
      jump,
      'sed -i "1i AllowTcpForwarding no" /etc/ssh/sshd_config && systemctl reload ssh.service',
    );
    const run = await deployTo(machine, {
      host: machine.address,
      port: '22',
      'jump-host': `${jump.username}@${jump.host}:${jump.port}`,
      'jump-key': readFileSync(jump.keyFile, 'utf8'),
    });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'connect',
      'error-code': 'ssh-forwarding-refused',
    });
  });

  test('a proxy command carries the connection', async () => {
    const run = await deployTo(machine, { 'proxy-command': 'nc %h %p' });
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
  });

  test('a proxy command that fails is named, with its last words', async () => {
    const run = await deployTo(machine, {
      'proxy-command': 'echo no route today >&2; exit 3',
      'connect-timeout': '2',
    });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'connect',
      'error-code': 'proxy-command-failed',
    });
    expect(run.log).toContain('no route today');
  });

  test('the run waits for a machine that is still booting', async () => {
    await asRoot(
      machine,
      'systemd-run --on-active=5 --timer-property=AccuracySec=100ms systemctl start ssh.service && systemctl stop ssh.service',
    );
    const run = await deployTo(machine, { 'connect-timeout': '60' });
    expect(run.log).toContain('trying again');
    expect(run.outputs, run.log).toMatchObject(CONNECTED);
  });

  test('another system than Amazon Linux 2023 is refused', async () => {
    await asRoot(
      machine,
      'cp /etc/os-release /root/ && sed -i \'s/VERSION_ID="2023"/VERSION_ID="2"/; s/PRETTY_NAME=.*/PRETTY_NAME="Amazon Linux 2"/\' /etc/os-release',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'cp /root/os-release /etc/os-release');
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'machine',
      'error-code': 'not-amazon-linux-2023',
    });
    expect(run.log).toContain('the machine runs Amazon Linux 2, not Amazon Linux 2023');
  });

  test('a machine with too little memory is refused', async () => {
    await asRoot(machine, 'mv /root/90-cloud-init-users /etc/sudoers.d/');
    await asRoot(
      machine,
      "sed 's/^MemTotal:.*/MemTotal: 1014280 kB/' /proc/meminfo > /run/meminfo && mount --bind /run/meminfo /proc/meminfo",
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'umount /proc/meminfo');
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'machine',
      'error-code': 'memory-too-small',
    });
  });

  test('a run without any input names what is required', async () => {
    const run = await runAction({ root: ROOT, inputs: {} });
    expect(run.exitCode).toBe(1);
    expect(run.outputs, run.log).toMatchObject({ 'failed-step': 'inputs', 'error-code': 'input-invalid' });
    expect(run.log).toContain('host: the name or address of the machine is required');
  });

  test('the whole run has its own limit', async () => {
    const run = await runAction({ root: ROOT, inputs: { ...connectionTo(machine), timeout: '3' } });
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'error-code': 'run-timeout' });
    expect(Number(run.outputs['duration-ms'])).toBeLessThan(15_000);
  });
});
