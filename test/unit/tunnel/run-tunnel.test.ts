import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { InstantClock } from '../support/clocks.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { targetAt } from '../support/ssh-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { echoPort, exchange, me, portOfMachine, tunnelTo, until, untilClosed } from '../support/tunnels.ts';

const hostKey = makeKey('ed25519');
const otherHostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const strangerKey = makeKey('ed25519');

/** What the run before the tunnel has seen. */
const shownBy = ({ port }: SshServer) => ({ [`127.0.0.1 ${port}`]: hostKey.fingerprint });

const startServer = (more: object = {}) =>
  SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ...more });

describe('an open tunnel', () => {
  it('carries each port, on both addresses of localhost, by one SSH connection', async () => {
    const server = await startServer();
    const forwards = [await echoPort(), await portOfMachine(socket => socket.end('another one'))];
    const shownKeys = shownBy(server);
    const { answer, lines } = tunnelTo(targetAt(server.port, userKey), forwards, { shownKeys });
    expect(await answer).toEqual({ kind: 'open' });
    const [echo = expect.unreachable(), other = expect.unreachable()] = forwards;
    expect(await exchange(echo.port, 'hello')).toBe('hello');
    expect(await exchange(echo.port, 'hello', '::1')).toBe('hello');
    expect(await exchange(other.port, '')).toBe('another one');
    expect(server.connections).toBe(1);
    expect(lines).toEqual([
      `listening on localhost, ports ${echo.port}, ${other.port}`,
      `connected to ec2-user@127.0.0.1:${server.port}`,
    ]);
  });

  it('notes on the machine that the deployment is in use, again and again', async () => {
    const server = await startServer();
    const note = join(temporaryFolder(), 'it is used.json');
    const noteUse = ['touch', '--', note] as const;
    const waits: number[] = [];
    const clock = {
      now: () => performance.now(),
      sleep: (ms: number, signal?: AbortSignal) => {
        waits.push(ms);
        return systemClock.sleep(ms > 60_000 ? 50 : ms, signal);
      },
    };
    const { answer, end } = tunnelTo(targetAt(server.port, userKey), [await echoPort()], { noteUse, clock });
    await answer;
    await until(() => existsSync(note) && waits.filter(ms => ms === 900_000).length > 1);
    rmSync(note);
    await until(() => existsSync(note));
    await end();
    expect(server.connections).toBe(1);
  });

  it('stays open where the machine runs no commands', async () => {
    const server = await startServer({ loginShell: 'exit 1' });
    const noteUse = ['touch', '/nowhere/note'] as const;
    const echo = await echoPort();
    await tunnelTo(targetAt(server.port, userKey), [echo], { noteUse }).answer;
    await until(() => server.commands.length > 0);
    expect(await exchange(echo.port, 'hello')).toBe('hello');
  });

  it('carries much, in both directions, to the last byte', async () => {
    const server = await startServer();
    const echo = await echoPort();
    await tunnelTo(targetAt(server.port, userKey), [echo]).answer;
    const much = 'abcdefghij'.repeat(1_000_000);
    expect((await exchange(echo.port, much)) === much).toBe(true);
  });

  it('carries all of it to a client that takes its time', async () => {
    const server = await startServer();
    const sender = await portOfMachine(socket => void socket.end(Buffer.alloc(16_000_000)));
    await tunnelTo(targetAt(server.port, userKey), [sender]).answer;
    const client = net.connect({ port: sender.port, host: '127.0.0.1' });
    let received = 0;
    client.on('data', chunk => {
      received += chunk.length;
      client.pause();
      setTimeout(() => client.resume(), 5);
    });
    await once(client, 'end');
    expect(received).toBe(16_000_000);
  });

  it('ends a client whose port is closed on the machine, and says so once a minute', async () => {
    const server = await startServer();
    const closed = { port: (await echoPort()).port, address: '127.0.0.3' };
    const { answer, lines } = tunnelTo(targetAt(server.port, userKey), [closed]);
    await answer;
    for (let client = 0; client < 3; client++) expect(await exchange(closed.port, 'hello')).toBe('');
    const refusals = lines.filter(line => line.includes('refused'));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toContain(`localhost:${closed.port}: a connection was refused: `);
  });

  it('closes its ports and its connection when it is told to end', async () => {
    const server = await startServer();
    const echo = await echoPort();
    const { answer, end } = tunnelTo(targetAt(server.port, userKey), [echo]);
    await answer;
    const client = net.connect({ port: echo.port, host: '127.0.0.1' });
    client.write('hello');
    await once(client, 'data');
    expect(await end('enough')).toBe('enough');
    await once(client, 'close');
    await untilClosed(echo.port);
    await until(() => server.open === 0);
  });

  it('ends with the process that started the action', async () => {
    const server = await startServer();
    const starter = { ...me, startTime: '1' };
    const { ended } = tunnelTo(targetAt(server.port, userKey), [await echoPort()], { starter });
    expect(await ended).toBe(`the job ended (process ${me.pid})`);
  });
});

describe('a broken connection', () => {
  it('ends the clients, and is made again', async () => {
    const server = await startServer();
    const echo = await echoPort();
    const shownKeys = shownBy(server);
    const { answer, lines } = tunnelTo(targetAt(server.port, userKey), [echo], { shownKeys });
    await answer;
    const client = net.connect({ port: echo.port, host: '127.0.0.1' });
    client.write('hello');
    await once(client, 'data');
    server.dropConnections();
    await once(client, 'close');
    // Comes while there is no connection: it waits.
    expect(await exchange(echo.port, 'again')).toBe('again');
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^lost: /),
      expect.stringMatching(/^connected again after 0\.\d s$/),
    ]);
    expect(server.connections).toBe(2);
  });

  it('ends also a client that only writes', async () => {
    const server = await startServer();
    const silent = await portOfMachine(() => {});
    const { answer } = tunnelTo(targetAt(server.port, userKey), [silent]);
    await answer;
    const client = net.connect({ port: silent.port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => {}).resume();
    const writing = setInterval(() => client.write('hello'), 20);
    await until(() => server.forwards === 1);
    server.dropConnections();
    await expect.poll(() => client.closed, { timeout: 5_000 }).toBe(true);
    clearInterval(writing);
  });

  it('ends also a client that reads nothing', async () => {
    const server = await startServer();
    const flood = await portOfMachine(socket => void socket.write(Buffer.alloc(50_000_000)));
    const { answer } = tunnelTo(targetAt(server.port, userKey), [flood]);
    await answer;
    const client = net.connect({ port: flood.port, host: '127.0.0.1' }).on('error', () => {});
    await once(client, 'readable');
    await new Promise(resolve => setTimeout(resolve, 300));
    server.dropConnections();
    await new Promise(resolve => setTimeout(resolve, 300));
    // What lies in the sockets is little; the end follows it.
    client.resume();
    await once(client, 'close');
    expect(client.bytesRead).toBeLessThan(50_000_000);
  });

  it('is waited for while the machine is away', async () => {
    const server = await startServer();
    const echo = await echoPort();
    const { answer, lines } = tunnelTo(targetAt(server.port, userKey), [echo]);
    await answer;
    const { port } = server;
    await server.stop();
    const waiting = exchange(echo.port, 'patient');
    await until(() => lines.some(line => line.startsWith('not connected: ')));
    await startServer({ port });
    expect(await waiting).toBe('patient');
    expect(lines.at(-1)).toMatch(/^connected again after /);
    expect(lines.filter(line => line.startsWith('not connected'))).toEqual([
      `not connected: ec2-user@127.0.0.1:${port} could not be reached: the port is closed (connection refused); trying again`,
    ]);
  });

  it('is not made again to a machine with another host key, though none was pinned', async () => {
    const server = await startServer();
    const { answer, lines } = tunnelTo(targetAt(server.port, userKey), [await echoPort()]);
    await answer;
    const { port } = server;
    await server.stop();
    const impostor = await startServer({ port, hostKeys: [otherHostKey] });
    await until(() => lines.some(line => line.includes('changed during the job')));
    expect(impostor.signIns).toBe(0);
    await impostor.stop();
    await startServer({ port });
    await until(() => lines.at(-1)?.startsWith('connected again') === true);
  });
});

describe('a tunnel to several machines', () => {
  /** Each with a port of its own, by a connection of its own. */
  async function toTwo({ second = userKey } = {}) {
    const servers = [await startServer(), await startServer()] as const;
    const ports = [await echoPort(), await portOfMachine(socket => socket.end('the second'))] as const;
    const others = [{ target: targetAt(servers[1].port, second), forwards: [ports[1]] }];
    const shownKeys = { ...shownBy(servers[0]), ...shownBy(servers[1]) };
    const tunnel = tunnelTo(targetAt(servers[0].port, userKey), [ports[0]], { others, shownKeys });
    return { ...tunnel, servers, ports };
  }

  it('carries each port by the connection to its own', async () => {
    const { answer, servers, ports, end } = await toTwo();
    expect(await answer).toEqual({ kind: 'open' });
    expect(await exchange(ports[0].port, 'hello')).toBe('hello');
    expect(servers.map(({ forwards }) => forwards)).toEqual([1, 0]);
    expect(await exchange(ports[1].port, '')).toBe('the second');
    expect(servers.map(({ forwards }) => forwards)).toEqual([1, 1]);
    await end();
    await until(() => servers.every(({ open }) => open === 0));
  });

  it('goes on with the others when the connection to one breaks, and says to which', async () => {
    const { answer, lines, servers, ports } = await toTwo();
    await answer;
    const client = net.connect({ port: ports[0].port, host: '127.0.0.1' });
    client.write('hello');
    await once(client, 'data');
    servers[1].dropConnections();
    expect(await exchange(ports[1].port, '')).toBe('the second');
    client.end('again');
    expect(`${(await once(client, 'data'))[0]}`).toBe('again');
    const name = `ec2-user@127.0.0.1:${servers[1].port}`;
    expect(lines.slice(3)).toEqual([
      expect.stringMatching(`^${name}: lost: `),
      expect.stringMatching(`^${name}: connected again after `),
    ]);
  });

  it('keeps nothing open when one does not let it in', async () => {
    const { answer, ended, servers, ports } = await toTwo({ second: strangerKey });
    expect(await answer).toMatchObject({ kind: 'failed', code: 'ssh-auth-refused' });
    await ended;
    await until(() => servers.every(({ open }) => open === 0));
    await untilClosed(ports[0].port);
  });
});

describe('a tunnel that cannot be opened', () => {
  it('meets another host key than the run before it, though none was pinned', async () => {
    const server = await startServer();
    const shownKeys = { [`127.0.0.1 ${server.port}`]: otherHostKey.fingerprint };
    const { answer } = tunnelTo(targetAt(server.port, userKey), [await echoPort()], { shownKeys });
    expect(await answer).toMatchObject({ kind: 'failed', code: 'ssh-host-key-mismatch' });
    expect(server.signIns).toBe(0);
  });

  it('says why the machine does not let it in', async () => {
    const server = await startServer();
    const echo = await echoPort();
    const { answer, ended } = tunnelTo(targetAt(server.port, strangerKey), [echo], {
      clock: new InstantClock(),
    });
    expect(await answer).toMatchObject({ kind: 'failed', code: 'ssh-auth-refused' });
    await ended;
    await untilClosed(echo.port);
  });

  it('says who holds a port, and connects nowhere', async () => {
    const server = await startServer();
    const [free, taken] = [await echoPort(), await echoPort()];
    const holder = net.createServer().listen(taken.port, '::1');
    await once(holder, 'listening');
    const { answer, ended } = tunnelTo(targetAt(server.port, userKey), [free, taken]);
    const refusal = await answer;
    holder.close();
    expect(refusal).toMatchObject({ kind: 'failed', code: 'tunnel-port-in-use' });
    expect(refusal).toMatchObject({
      message: expect.stringMatching(`port ${taken.port} .*process ${me.pid}\\)`),
    });
    await ended;
    expect(server.connections).toBe(0);
    await untilClosed(free.port);
  });
});
