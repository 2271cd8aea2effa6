import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import type { Command, Host } from '../../../../src/host/host.ts';
import { Authority, authorityStep } from '../../../../src/steps/cluster/authority.ts';
import { certificateStep, clientCertificateStep } from '../../../../src/steps/cluster/certificates.ts';
import type { Step } from '../../../../src/steps/step.ts';
import { InstantClock } from '../../support/clocks.ts';
import { thisComputer } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { noKafka } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

/** A machine of the cluster: a folder of this computer; it keeps everything that goes to it and comes from it. */
class Machine {
  readonly home = temporaryFolder();
  readonly directory = join(this.home, 'docker_exp');
  readonly words: string[] = [];
  readonly context: Context;
  readonly host: Host;

  constructor() {
    mkdirSync(this.directory);
    const computer = thisComputer(this.home);
    const run = async (command: Command) => {
      const result = await computer.run(command);
      this.words.push(command.argv.join(' '), command.stdin ?? '', result.stdout, result.stderr);
      return result;
    };
    this.host = {
      name: 'a machine',
      run,
      dial: (...at) => computer.dial(...at),
      close: () => computer.close(),
    };
    const signal = new AbortController().signal;
    this.context = {
      host: this.host,
      kafka: noKafka,
      log: new RecordingLog(),
      clock: new InstantClock(),
      signal,
    };
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts);
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }
}

const authorityOf = (machine: Machine) => new Authority(machine.host, machine);
const nodeStep = (machine: Machine, authority: Authority, address = '127.0.0.1') =>
  certificateStep({ ...{ home: machine.home, directory: machine.directory }, authority, nodeId: 2, address });
const clientStep = ({ home, directory }: Machine, authority: Authority) =>
  clientCertificateStep({ home, directory, authority });
const check = (step: Step, { context }: Machine) => step.check(context);
const apply = (step: Step, { context }: Machine) => step.apply?.(context);

/** An authority on a machine, a node of another one, and clients on the first. */
async function cluster() {
  const [first, second] = [new Machine(), new Machine()];
  const authority = authorityOf(first);
  await apply(authorityStep(authority, 'docker_exp'), first);
  const [node, clients] = [nodeStep(second, authority), clientStep(first, authority)];
  await apply(node, second);
  await apply(clients, first);
  return { first, second, authority, node, clients };
}

/** openssl is a process for each question, which a busy computer starts late. */
const PATIENCE_MS = 60_000;

let made: Awaited<ReturnType<typeof cluster>>;

// The scripts give files to the container's user, which root alone can do.
describe.runIf(process.getuid?.() === 0)('the trust of a cluster', { timeout: PATIENCE_MS }, () => {
  beforeAll(async () => {
    made = await cluster();
  }, PATIENCE_MS);

  it('is not there on bare machines, which a plan can say', async () => {
    const machine = new Machine();
    const authority = authorityOf(machine);
    const steps = [
      authorityStep(authority, 'c'),
      nodeStep(machine, authority),
      clientStep(machine, authority),
    ];
    for (const step of steps)
      expect(await check(step, machine)).toMatchObject({
        satisfied: false,
        detail: expect.stringMatching(/none|no authority/),
      });
  });

  it('is satisfied when it was made, and stays so', async () => {
    const { first, second, authority, node, clients } = made;
    expect(await check(authorityStep(authorityOf(first), 'docker_exp'), first)).toMatchObject({
      satisfied: true,
    });
    expect(await check(node, second)).toMatchObject({
      satisfied: true,
      detail: expect.stringMatching(/^good until /),
    });
    expect(await check(clients, first)).toMatchObject({ satisfied: true });
    const before = second.read('private/tls/node.pem');
    chmodSync(pemOf(second), 0o644);
    chownSync(second.path('private/tls'), 0, 0);
    await apply(node, second);
    expect(second.read('private/tls/node.pem')).not.toBe(before);
    expect(existsSync(second.path('private/tls/unbelieved'))).toBe(false);
    expect(await check(nodeStep(second, authority), second)).toMatchObject({ satisfied: true });
  });

  it('lets no key leave its machine, and no one but its owner read it', () => {
    const { first, second } = made;
    for (const { words } of [first, second])
      expect(words.filter(text => /BEGIN [A-Z ]*PRIVATE KEY/.test(text))).toEqual([]);
    const mode = (machine: Machine, path: string) => {
      const { uid, mode: bits } = statSync(machine.path(path));
      return `${uid} ${(bits & 0o777).toString(8)}`;
    };
    expect(mode(first, 'private')).toBe('0 700');
    expect(mode(first, 'private/authority/ca.key')).toBe('0 600');
    expect(mode(first, 'client.pem')).toBe('0 600');
    expect(mode(second, 'private')).toBe('0 700');
    expect(mode(second, 'private/tls')).toBe('1000 700');
    expect(mode(second, 'private/tls/node.pem')).toBe('1000 600');
  });

  it('names the address and what it is for, whatever was asked for', async () => {
    const { first, second, authority } = made;
    const node = new X509Certificate(
      second.read('private/tls/node.pem').replace(/^[\s\S]*?END PRIVATE KEY-+\n/, ''),
    );
    expect(node.subjectAltName).toBe('IP Address:127.0.0.1');
    expect(node.ca).toBe(false);
    const key = join(temporaryFolder(), 'key');
    execFileSync('openssl', [
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      key,
    ]);
    const extensions = ['subjectAltName=IP:10.9.9.9', 'basicConstraints=CA:TRUE'].flatMap(each => [
      '-addext',
      each,
    ]);
    const request = execFileSync('openssl', ['req', '-new', '-key', key, '-subj', '/CN=root', ...extensions]);
    const [signed = ''] = (await authority.sign(`${request}`, { name: 'clients' })).split(
      /(?<=END CERTIFICATE-----\n)/,
    );
    const certificate = new X509Certificate(signed);
    expect(certificate.subjectAltName).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.verify(new X509Certificate(first.read('ca.crt')).publicKey)).toBe(true);
  });

  it('is refused for what is no request', async () => {
    expect(await actionErrorOf(() => made.authority.sign('nothing\n', { name: 'node 2' }))).toMatchObject({
      code: 'certificate-failed',
      message: expect.stringContaining('the certificate of node 2 cannot be signed on a machine: '),
    });
  });

  it('holds between a node and a client, and for nobody else', async () => {
    const { first, second } = made;
    const node = second.read('private/tls/node.pem');
    const client = first.read('client.pem');
    const elsewhere = new Machine();
    const strangers = authorityOf(elsewhere);
    await strangers.make('another cluster');
    await apply(clientStep(elsewhere, strangers), elsewhere);
    const stranger = elsewhere.read('client.pem');
    const ca = first.read('ca.crt');
    expect(await handshake(node, { ca, cert: client, key: client })).toBe('welcome');
    expect(await handshake(node, { ca, cert: node, key: node })).toBe('welcome');
    expect(await handshake(node, { ca })).toBe('turned away: UNABLE_TO_GET_ISSUER_CERT');
    expect(await handshake(node, { ca, cert: stranger, key: stranger })).toBe(
      'turned away: SELF_SIGNED_CERT_IN_CHAIN',
    );
    expect(await handshake(client, { ca, cert: node, key: node })).toMatch(
      /unsupported certificate purpose|unsuitable/,
    );
    expect(await handshake(node, { ca, cert: client, key: client, host: 'localhost' })).toMatch(
      /does not match/,
    );
  });

  it.each([
    ['a key that others may read', /others may read/, (machine: Machine) => chmodSync(pemOf(machine), 0o644)],
    ['a file of root', /container may not read/, (machine: Machine) => chownSync(pemOf(machine), 0, 0)],
    ['a broken file', /cannot be read/, (machine: Machine) => writeFileSync(pemOf(machine), 'x')],
    ['another key', /does not fit its key/, (machine: Machine) => swapKey(machine)],
    [
      'an end that is near',
      /it ends on /,
      (machine: Machine) => signFor(machine, 29, 'serverAuth,clientAuth'),
    ],
    [
      'another purpose',
      /unsuitable certificate purpose/,
      (machine: Machine) => signFor(machine, 99, 'clientAuth'),
    ],
    [
      'settings of another version',
      /client\.properties beside it/,
      (machine: Machine) => writeFileSync(machine.path('private/tls/client.properties'), ''),
    ],
    [
      'another address',
      /IP address mismatch/,
      (machine: Machine) => nodeStep(machine, made.authority, '127.0.0.2'),
    ],
  ])('is wanted anew for %s', async (_, reason, change) => {
    const { second, authority } = made;
    const kept = join(temporaryFolder(), 'tls');
    execFileSync('cp', ['-a', second.path('private/tls'), kept]);
    const step = change(second) ?? nodeStep(second, authority);
    expect(await check(step, second)).toMatchObject({
      satisfied: false,
      detail: expect.stringMatching(reason),
    });
    execFileSync('cp', ['-aT', kept, second.path('private/tls')]);
  });

  it('is made anew everywhere when the authority was lost', async () => {
    const { first, second, node } = await cluster();
    const authority = authorityOf(first);
    const before = first.read('private/authority/ca.crt').trim();
    rmSync(first.path('private/authority/ca.key'));
    expect(await authority.everTrusted()).toContain(before);
    const step = authorityStep(authority, 'docker_exp');
    expect(await check(step, first)).toMatchObject({ satisfied: false });
    await apply(step, first);
    // Nodes run with certificates of the one before until they are restarted.
    expect(await authority.everTrusted()).toContain(before);
    expect(await authority.everTrusted()).toContain(await authority.certificate());
    expect(await authority.certificate()).not.toBe(before);
    expect(await check(nodeStep(second, authority), second)).toMatchObject({
      satisfied: false,
      detail: 'it is of another authority',
    });
    await apply(node, second);
    // The node that runs has one that nobody believes any more: it cannot wait for its turn.
    expect(existsSync(second.path('private/tls/unbelieved'))).toBe(true);
  });

  it('leaves what was there when the new one would not be believed', async () => {
    const { second, authority } = made;
    const before = second.read('private/tls/node.pem');
    const other = authorityOf(new Machine());
    // Signs, but as for a client.
    other.sign = request => authority.sign(request, { name: 'node 2' });
    other.certificate = () => authority.certificate();
    expect(await actionErrorOf(() => apply(nodeStep(second, other), second))).toMatchObject({
      code: 'certificate-failed',
      details: expect.arrayContaining([expect.stringMatching(/unsuitable certificate purpose/)]),
    });
    expect(second.read('private/tls/node.pem')).toBe(before);
  });

  it('goes through no link', async () => {
    const machine = new Machine();
    symlinkSync(temporaryFolder(), machine.path('private'));
    const authority = authorityOf(machine);
    const refusal = {
      code: 'folder-unusable',
      message: expect.stringContaining('private is a symbolic link'),
    };
    expect(await actionErrorOf(() => check(authorityStep(authority, 'c'), machine))).toMatchObject(refusal);
    expect(await actionErrorOf(() => apply(authorityStep(authority, 'c'), machine))).toMatchObject(refusal);
    expect(await actionErrorOf(() => apply(nodeStep(machine, made.authority), machine))).toMatchObject(
      refusal,
    );
  });
});

const pemOf = (machine: Machine) => machine.path('private/tls/node.pem');

function swapKey(machine: Machine): void {
  const other = execFileSync('openssl', [
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
  ]);
  const certificates = machine.read('private/tls/node.pem').replace(/^[\s\S]*?END PRIVATE KEY-+\n/, '');
  writeFileSync(pemOf(machine), `${other}${certificates}`);
}

/** The same key with another certificate of the same authority. */
function signFor(machine: Machine, days: number, usage: string): void {
  const pem = pemOf(machine);
  const folder = temporaryFolder();
  const authority = made.first.path('private/authority');
  const extensions = join(folder, 'extensions');
  writeFileSync(extensions, `subjectAltName=IP:127.0.0.1\nextendedKeyUsage=${usage}\n`);
  const request = execFileSync('openssl', ['req', '-new', '-key', pem, '-subj', '/CN=x']);
  const signing = ['-CA', join(authority, 'ca.crt'), '-CAkey', join(authority, 'ca.key'), '-days', `${days}`];
  const argv = ['x509', '-req', ...signing, '-set_serial', '1', '-extfile', extensions];
  const certificate = execFileSync('openssl', argv, { input: request, stdio: ['pipe', 'pipe', 'ignore'] });
  const [key = ''] = readFileSync(pem, 'utf8').split(/(?<=END PRIVATE KEY-----\n)/);
  writeFileSync(pem, `${key}${certificate}`);
}

/** What a client with these settings gets from a server that is as a node is, at 127.0.0.1: `welcome`, or why not. */
async function handshake(pem: string, client: tls.ConnectionOptions): Promise<string> {
  const ca = pem.slice(pem.lastIndexOf('-----BEGIN CERTIFICATE'));
  const server = tls.createServer({ key: pem, cert: pem, ca, requestCert: true, rejectUnauthorized: false });
  server.on('secureConnection', socket =>
    socket.end(socket.authorized ? 'welcome' : `turned away: ${socket.authorizationError}`),
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const socket = tls.connect({ host: '127.0.0.1', port, ...client });
  return new Promise(resolve => {
    socket
      .once('data', data => resolve(`${data}`))
      .once('error', error => resolve(error.message))
      .once('close', () => resolve('closed'));
  });
}
