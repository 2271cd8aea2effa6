import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { SshTarget } from '../../../src/host/ssh/target.ts';
import { startTunnel, type TunnelState } from '../../../src/tunnel/start.ts';
import { stopTunnel } from '../../../src/tunnel/stop.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { connected, connectOptions } from '../support/ssh-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exchange, me, untilClosed } from '../support/tunnels.ts';

/** What a run needs of its runner, whatever system that has: no shell of a certain kind, no /proc, no second loopback address. */
const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const folder = temporaryFolder();
const keyFile = join(folder, 'windows.pem');
writeFileSync(keyFile, userKey.privateKey.replaceAll('\n', '\r\n'));
const pipe = join(folder, 'pipe.mjs');
writeFileSync(
  pipe,
  `import net from 'node:net';
   const socket = net.connect(Number(process.argv[3]), process.argv[2]);
   process.stdin.pipe(socket).pipe(process.stdout);`,
);

/** A port of this computer that nobody listens at, and the machine's echo behind it. */
async function machine() {
  const echo = net.createServer({ allowHalfOpen: true }, socket => void socket.pipe(socket));
  const free = net.createServer();
  for (const server of [echo, free]) await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const [behind, port] = [echo, free].map(server => (server.address() as net.AddressInfo).port);
  await new Promise(done => free.close(done));
  onTestFinished(() => void echo.close());
  if (behind === undefined || port === undefined) throw new Error('two servers have two ports');
  const ports = new Map([[port, behind]]);
  return { port, server: await SshServer.start({ hostKeys: [hostKey], authorized: [userKey], ports }) };
}

/** As the inputs give it. */
function targetOf(port: number, more: Record<string, string> = {}): SshTarget {
  const inputs = { host: '127.0.0.1', port: `${port}`, 'host-fingerprint': hostKey.fingerprint, ...more };
  const { connection } = parseConfig({ 'key-file': keyFile, ...inputs }, path => {
    expect(path).toBe(keyFile);
    return userKey.privateKey.replaceAll('\n', '\r\n');
  });
  return connection.kind === 'ssh' ? connection.target : expect.unreachable('it is reached over SSH');
}

async function roundTrip(target: SshTarget, port: number): Promise<void> {
  const { options, log } = connectOptions();
  const { ssh, close } = await connected(target, options);
  const channel = await ssh.forwardOut('127.0.0.1', 0, '127.0.0.1', port);
  const sent = randomBytes(100_000);
  const received: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => received.push(chunk));
  channel.end(sent);
  await new Promise(done => channel.once('close', done));
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  expect(log.warnings).toEqual([]);
  close();
}

describe('on a runner of any system', () => {
  it('what is sent through the SSH connection comes back, with a key in a file with CRLF', async () => {
    const { server, port } = await machine();
    await roundTrip(targetOf(server.port), port);
  });

  it("the same through a proxy command, by the system's own shell", async () => {
    const { server, port } = await machine();
    const command = `"${process.execPath}" "${pipe}" %h %p`;
    await roundTrip(targetOf(server.port, { 'proxy-command': command }), port);
    await expect.poll(() => server.open, { timeout: 10_000 }).toBe(0);
  });

  it("a proxy command that is not there fails with the shell's own words", async () => {
    const target = targetOf(1, { 'proxy-command': 'no-such-program %h' });
    const { options } = connectOptions({ connectTimeoutMs: 0 });
    const error = await connected(target, options).catch(thrown => thrown);
    expect(error).toMatchObject({ code: 'proxy-command-failed' });
    expect(error.details.join()).toContain('no-such-program');
  });

  it('a tunnel is a process of its own, which carries the ports until it is stopped', async () => {
    const { server, port } = await machine();
    const states: TunnelState[] = [];
    await startTunnel(
      {
        machines: [{ target: targetOf(server.port), forwards: [{ port, address: '127.0.0.1' }] }],
        shownKeys: {},
        starter: me,
      },
      {
        program: join(import.meta.dirname, '../../../src/tunnel.ts'),
        log: join(folder, 'tunnel.log'),
        env: { ...(process.env as Record<string, string>), NODE_NO_WARNINGS: '1' },
        onStarted: state => states.push(state),
        clock: systemClock,
        signal: new AbortController().signal,
      },
    );
    const [state = expect.unreachable('a process was started')] = states;
    onTestFinished(async () => void (await stopTunnel(state, systemClock)));
    expect(await exchange(port, 'hello')).toBe('hello');
    expect(await stopTunnel(state, systemClock)).toBe('ended');
    await untilClosed(port);
    expect(await stopTunnel(state, systemClock)).toBe('was-gone');
  });
});
