import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LISTEN } from '../../../../src/machine/ways/scripts.ts';
import { tryWays, type Way, type WayEnd } from '../../../../src/machine/ways/try-ways.ts';
import { Authority } from '../../../support/certificates.ts';
import { thisComputer } from '../../support/local-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

// Three machines are three loopback addresses of this computer: what listens and what asks is the real thing.
const PORTS = [29_192, 29_193];
const end = (number: number, ports = PORTS): WayEnd => ({
  name: `machine-${number}`,
  host: thisComputer(),
  address: `127.31.7.${number}`,
  ports,
});
const unasked = () => Promise.reject(new Error('nobody should ask for the authority'));
const shown = (ways: readonly Way[]) =>
  ways.map(({ from, to, port, state }) => `${from.name} ${to.name}:${port} ${state}`);
const isListening = () =>
  execFileSync('ss', ['--no-header', '--listening', '--tcp', '--numeric'], { encoding: 'utf8' }).includes(
    '127.31.7.',
  );

describe('tryWays', () => {
  let ours: Authority;
  let other: Authority;
  beforeAll(() => {
    ours = new Authority('ours');
    other = new Authority('other');
  });
  afterAll(() => {
    ours.remove();
    other.remove();
  });
  let open: net.Server[] = [];
  afterEach(async () => {
    await Promise.all(open.map(server => new Promise(resolve => server.close(resolve))));
    open = [];
  });
  const serve = async (server: net.Server, address: string, port: number) => {
    open.push(server);
    await new Promise<void>(resolve => server.listen(port, address, resolve));
  };
  const node = (authority: Authority, hasExpired = false) => {
    const { certificate, key } = authority.issue({ name: 'node', hasExpired });
    return tls.createServer({ cert: certificate, key, requestCert: true, ca: authority.certificate });
  };

  it('finds every way open where nothing is in between, and leaves nothing behind', async () => {
    const ways = await tryWays([end(1), end(2), end(3, [29_192])], unasked);
    expect(shown(ways)).toEqual([
      'machine-1 machine-2:29192 open',
      'machine-1 machine-2:29193 open',
      'machine-1 machine-3:29192 open',
      'machine-2 machine-1:29192 open',
      'machine-2 machine-1:29193 open',
      'machine-2 machine-3:29192 open',
      'machine-3 machine-1:29192 open',
      'machine-3 machine-1:29193 open',
      'machine-3 machine-2:29192 open',
      'machine-3 machine-2:29193 open',
    ]);
    expect(isListening()).toBe(false);
  });

  it('takes a node of the cluster for an answer, whatever became of its certificate', async () => {
    await serve(node(ours), '127.31.7.2', 29_192);
    await serve(node(ours, true), '127.31.7.2', 29_193);
    const ways = await tryWays([end(1), end(2)], async () => ours.certificate);
    expect(shown(ways)).toContain('machine-1 machine-2:29192 open');
    expect(shown(ways)).toContain('machine-1 machine-2:29193 open');
    expect(ways.filter(({ isBusy }) => isBusy)).toHaveLength(2);
    expect(isListening()).toBe(true);
  });

  it('takes nobody else for it', async () => {
    await serve(node(other), '127.31.7.2', 29_192);
    await serve(
      net.createServer(socket => socket.on('error', () => {}).end('hello\n')),
      '127.31.7.2',
      29_193,
    );
    const ways = await tryWays([end(1), end(2)], async () => ours.certificate);
    expect(shown(ways)).toContain('machine-1 machine-2:29192 strange');
    expect(shown(ways)).toContain('machine-1 machine-2:29193 strange');
    expect(shown(ways)).toContain('machine-2 machine-1:29192 open');
  });

  it('believes nobody who listens before the cluster has an authority', async () => {
    await serve(node(ours), '127.31.7.2', 29_192);
    const ways = await tryWays([end(1), end(2)], async () => undefined);
    expect(shown(ways)).toContain('machine-1 machine-2:29192 strange');
  });

  it('says of a machine that it does not have the address, and ends what listens on the others', async () => {
    const thrown = await actionErrorOf(() => tryWays([end(1), { ...end(2), address: '192.0.2.7' }], unasked));
    expect(thrown).toMatchObject({
      code: 'private-address-unknown',
      message: expect.stringMatching(/^.+ cannot listen at 192\.0\.2\.7: .*Cannot assign requested address/),
    });
    expect(isListening()).toBe(false);
  });
});

describe('the listener, to whom the clients of a cluster come whose node is away', () => {
  /** What is read from it by somebody who says this first, and how it ended. */
  const talk = async (socket: net.Socket, first: Buffer | string) => {
    const read: Buffer[] = [];
    let how = 'closed';
    socket.on('data', chunk => read.push(chunk)).on('error', error => (how = `${error}`));
    socket.write(first);
    await once(socket, 'close');
    return { read: Buffer.concat(read).toString(), how };
  };

  it('says nothing to who does not greet it, so that they try again, and keeps nobody waiting for who is silent', async () => {
    const place = { host: '127.31.7.9', port: 29_194 };
    const listener = spawn('python3', ['-c', LISTEN, place.host, '60', 'the-token', `${place.port}`]);
    try {
      await once(listener.stdout, 'data');
      const silent = net.connect(place);
      await once(silent, 'connect');
      const client = tls.connect({ ...place, rejectUnauthorized: false });
      const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
      // What is no TLS would be ERR_SSL_WRONG_VERSION_NUMBER or the like.
      expect(error.code).toBe('ECONNRESET');
      const { read } = await talk(net.connect(place), Buffer.from('0000000a00120000000000070000', 'hex'));
      expect(read).toBe('');
      const greeting = /b'(kafka-al2023-action[^']+)'/.exec(LISTEN)?.[1] ?? '';
      expect(await talk(net.connect(place), greeting)).toEqual({ read: 'the-token\n', how: 'closed' });
      silent.destroy();
    } finally {
      listener.kill();
    }
  });
});
