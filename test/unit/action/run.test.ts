import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ActionProcess, runFromSource } from '../support/action-process.ts';
import { makeKey, openssl } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const workspace = temporaryFolder();
const key = makeKey('ed25519');
const hostKey = makeKey('ed25519');
const pem = makeKey('ecdsa', '', ['-m', 'PEM']);

/** Everything that the runner would keep of a run. */
const everything = ({ log, outputs, summary, report }: ActionProcess) => [
  log,
  JSON.stringify(outputs),
  summary,
  report,
];
const masks = ({ rawLines }: ActionProcess) =>
  rawLines.filter(line => line.startsWith('::add-mask::')).map(line => line.slice('::add-mask::'.length));

describe('the action as a process', () => {
  it('fails before anything is touched when inputs are wrong, and sets every output', async () => {
    const run = await runFromSource({ host: 'machine.example', key: 'not a key', messages: 'ten' });
    expect(run.exitCode).toBe(1);
    expect(run.outputs).toMatchObject({
      result: 'failed',
      'failed-step': 'inputs',
      'error-code': 'input-invalid',
      changed: '',
    });
    expect(run.summary).toMatch(/^## ❌ Kafka: failed at `inputs`/);
    expect(run.rawLines.filter(line => line.startsWith('::error '))).toHaveLength(1);
    expect(run.log).toContain('2 inputs are wrong');
    expect(resolve(run.outputs.report ?? '')).toMatch(/kafka-al2023-[0-9a-f]{8}\.json$/);
  });

  it.each([
    ['pull_request', 'host-access-refused'],
    ['push', 'ssh-unreachable'],
  ])('deploys a privileged compose file, or not, by the event it runs for: %s', async (event, code) => {
    const text = readFileSync('stacks/kraft/docker-compose.yml', 'utf8');
    writeFileSync(join(workspace, 'kafka.yml'), text.replace(/^( +)image: /m, '$1privileged: true\n$&'));
    const connection = { host: '127.0.0.1', port: '1', key: key.privateKey, 'connect-timeout': '1' };
    const run = await runFromSource(
      { ...connection, 'compose-file': 'kafka.yml' },
      { GITHUB_WORKSPACE: workspace, GITHUB_EVENT_NAME: event },
    );
    expect(run.outputs['error-code'], run.log).toBe(code);
  });

  it('leaves the host key that it saw, and was not told to expect, for its post step', async () => {
    const server = await SshServer.start({
      hostKeys: [hostKey],
      authorized: [],
      algorithms: ['ssh-ed25519'],
    });
    const run = await runFromSource({
      host: '127.0.0.1',
      port: `${server.port}`,
      key: key.privateKey,
      'connect-timeout': '1',
    });
    expect(run.outputs['error-code']).toBe('ssh-auth-refused');
    const shown = JSON.stringify({ [`127.0.0.1 ${server.port}`]: hostKey.fingerprint });
    expect(run.rawLines).toContain(`::save-state name=host-keys::${shown}`);
  });

  it('fails at connect when the machine does not answer, and the log says so', async () => {
    const run = await runFromSource({
      host: '127.0.0.1',
      port: '1',
      key: key.privateKey,
      'connect-timeout': '1',
    });
    expect(run.exitCode).toBe(1);
    expect(run.outputs).toMatchObject({ 'failed-step': 'connect', 'error-code': 'ssh-unreachable' });
    expect(run.log).toContain(
      'ssh-unreachable: ec2-user@127.0.0.1:1 could not be reached: the port is closed',
    );
    expect(run.log).toContain('what to do: ');
    for (const text of everything(run)) expect(text).not.toContain(key.privateKey.split('\n')[2]);
  });

  it('masks the passwords of client-properties in the form in which they are used, too', async () => {
    const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="alice"';
    const run = await runFromSource({
      ...{ host: '127.0.0.1', port: '1', key: key.privateKey, 'connect-timeout': '1' },
      ...{ mode: 'smoke-test', 'bootstrap-servers': 'localhost:9093' },
      'client-properties': `security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=${jaas} password="open\\\\\\\\sesame\\u0021";
basic.auth.credentials.source=USER_INFO
basic.auth.user.info=bob:rhubarb-and-custard`,
    });
    expect(run.outputs['error-code'], run.log).toBe('ssh-unreachable');
    for (const secret of ['open\\sesame!', 'rhubarb-and-custard', 'bob:rhubarb-and-custard'])
      expect(masks(run)).toContain(secret);
    for (const text of everything(run)) expect(text).not.toMatch(/sesame|rhubarb/);
  });

  it('masks every key in the form in which it is used, too', async () => {
    const pkcs8 = openssl('pkcs8', '-topk8', '-nocrypt', '-in', pem.path);
    const run = await runFromSource({
      host: '127.0.0.1',
      port: '1',
      key: pkcs8,
      'jump-host': '127.0.0.1:1',
      'jump-key': key.privateKey.trim().replaceAll('\n', ' '),
      'connect-timeout': '1',
    });
    expect(run.outputs['error-code']).toBe('ssh-unreachable');
    // A key in one line is used in lines of 70 characters, as OpenSSH writes it.
    const body = key.privateKey.replaceAll(/-----[^-]+-----|\s/g, '');
    for (const line of [...pem.privateKey.split('\n').slice(1, -2), ...(body.match(/.{70}/g) ?? [])]) {
      expect(masks(run).some(mask => line.includes(mask))).toBe(true);
    }
  });

  it.each([
    ['/dev/zero', 'is a device, not a regular file'],
    ['no/such/key', 'is not there'],
  ])('ends at once when key-file is %s', async (path, reason) => {
    const run = await runFromSource({ host: 'machine.example', 'key-file': path });
    expect(run.outputs['error-code']).toBe('input-invalid');
    expect(run.log).toContain(`key-file: the file "${path}" cannot be read on the runner: it ${reason}`);
  });
});
