import { connect as connectSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAction } from '../../script/run-action.ts';
import { Authority } from '../support/certificates.ts';
import {
  asRoot,
  closeWay,
  connectionToAll,
  type Machine,
  openWays,
  ROOT,
  startMachines,
  stopMachines,
} from './support/lab.ts';

const NAMES = ['test-cluster-a', 'test-cluster-b', 'test-cluster-c'];

/** One cluster on three machines, from three bare ones on. The tests build on each other. */
describe('a cluster over three machines', () => {
  let machines: Machine[];
  let a: Machine;
  let b: Machine;
  let c: Machine;
  beforeAll(async () => {
    machines = await startMachines(NAMES);
    [a, b, c] = machines as [Machine, Machine, Machine];
  });
  afterAll(() => stopMachines(NAMES));

  const run = (inputs: Readonly<Record<string, string>> = {}) =>
    runAction({
      root: ROOT,
      inputs: { ...connectionToAll(machines), stack: 'kraft', 'update-packages': 'false', ...inputs },
    });
  const onEach = (script: string) => Promise.all(machines.map(machine => asRoot(machine, script)));

  test('closed ways are named, all of them and exactly, before anything is on any machine', async () => {
    await closeWay(a, c, 9093);
    await closeWay(c, b, 9092, 'reject');
    const { outputs, log, exitCode } = await run();
    await openWays(machines);
    expect(outputs, log).toMatchObject({
      ...{ result: 'failed', 'failed-step': 'ways', 'error-code': 'way-closed', changed: '' },
    });
    expect(exitCode).toBe(1);
    expect(log).toContain(
      [
        `${a.address} → ${c.address}:9093: no answer: open it in the security group`,
        `${c.address} → ${b.address}:9092: refused, and something does listen there: a firewall on the machine rejects it`,
      ].join('; '),
    );
    expect(log).toContain('aws ec2 authorize-security-group-ingress');
    expect(await onEach('ls -A /home/ec2-user; command -v docker || true')).toEqual(
      machines.map(() => expect.not.stringMatching(/docker/)),
    );
  });

  test('three bare machines become one cluster that is proven', async () => {
    const { outputs, log, exitCode } = await run();
    expect(outputs, log).toMatchObject({
      result: 'passed',
      'messages-produced': '10',
      'messages-consumed': '10',
      'messages-lost': '0',
      'messages-duplicated': '0',
      'host-messages-produced': '10',
      'host-messages-consumed': '10',
      'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
      'failed-step': '',
      'error-code': '',
    });
    expect(exitCode).toBe(0);
    expect(log).not.toMatch(/::warning|deprecat|traceback|^\s+at /im);
  });

  test('a second run finds nothing to do, the ways proven by the nodes themselves', async () => {
    const { outputs, log } = await run();
    expect(outputs, log).toMatchObject({ result: 'passed', changed: '' });
  });

  test('nothing of it can be reached from the network but the two ports that ask for a certificate', async () => {
    const listening = await onEach(
      // Java's sockets are of both kinds, and show an IPv4 address as a part of IPv6.
      `ss --no-header --listening --tcp --numeric | awk '{ print $4 }' | sed -E 's/^\\[::ffff:(.*)\\]/\\1/' | grep -v '^127\\.\\|^\\[::1\\]' | LC_ALL=C sort`,
    );
    const ownPorts = machines.map(({ address }) =>
      [`${address}:9092`, `${address}:9093`, '0.0.0.0:22', '[::]:22'].sort(),
    );
    expect(listening.map(text => text.split('\n'))).toEqual(ownPorts);
  });

  test('a stranger on the network is let in nowhere: without a certificate, with one of another authority, in plain text', async () => {
    const other = new Authority('stranger');
    const { certificate: cert, key } = other.issue({ name: 'stranger' });
    other.remove();
    const ends = machines.flatMap(({ address }) => [9092, 9093].map(port => ({ host: address, port })));
    const tried = await Promise.all(
      ends.map(async end => [await speak(end), await speak(end, {}), await speak(end, { cert, key })]),
    );
    expect(tried).toEqual(ends.map(() => [false, false, false]));
    // The same question, asked by one who may: the node's own certificate.
    const pem = await asRoot(a, 'cat /home/ec2-user/docker_exp/private/tls/node.pem');
    expect(await speak({ host: b.address, port: 9092 }, { cert: pem, key: pem })).toBe(true);
  });
});

/** ApiVersions, version 0, with 7 as its number: what every Kafka answers before it knows who asks. */
const API_VERSIONS = Buffer.from('0000000a00120000000000070000', 'hex');

/**
 * Asks a node of Kafka for the versions that it speaks.
 * @param identity for TLS, `{}` for TLS without a certificate; plain text without it
 * @returns whether it answers; a node may also end the connection, with an alert of TLS or without a word
 */
async function speak(
  end: { readonly host: string; readonly port: number },
  identity?: { readonly cert?: string; readonly key?: string },
): Promise<boolean> {
  const socket = identity
    ? connectTls({ ...end, ...identity, rejectUnauthorized: false })
    : connectSocket(end);
  socket.setTimeout(10_000, () => socket.destroy(new Error(`no end of ${end.host}:${end.port}`)));
  socket.on('error', () => {});
  socket.once(identity ? 'secureConnect' : 'connect', () => socket.write(API_VERSIONS));
  const answer: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    answer.push(chunk);
    socket.end();
  });
  await new Promise(resolve => socket.once('close', resolve));
  return Buffer.concat(answer).subarray(4, 8).equals(API_VERSIONS.subarray(8, 12));
}
