import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { FirstKeys } from '../../../../src/host/ssh/first-keys.ts';
import { parseKnownHosts } from '../../../../src/host/ssh/host-keys.ts';
import type { SshTarget } from '../../../../src/host/ssh/target.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, openSshHost, targetAt, UNPINNED } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const first = makeKey('ed25519');
const other = makeKey('ed25519');
const rsa = makeKey('rsa');
const userKey = makeKey('ed25519');

const machine = (key = first, more: object = {}) =>
  SshServer.start({ hostKeys: [key], authorized: [userKey], ...more });

/** A port behind which each connection meets the next of these servers, and the last for ever. */
async function portOf(servers: readonly SshServer[]): Promise<number> {
  const waiting = [...servers];
  const sockets = new Set<net.Socket>();
  const door = net.createServer(client => {
    const next = waiting.length > 1 ? waiting.shift() : waiting[0];
    const server = net.connect({ host: '127.0.0.1', port: next?.port ?? 0 });
    for (const [socket, opposite] of [
      [client, server],
      [server, client],
    ] as const)
      sockets.add(socket.on('error', () => {}).on('close', () => opposite.destroySoon()));
    client.pipe(server).pipe(client);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    door.close();
  });
  return (door.address() as net.AddressInfo).port;
}

const connecting = (target: SshTarget, firstKeys = new FirstKeys()) => {
  const { options, log } = connectOptions({ firstKeys });
  return { log, firstKeys, connect: () => connected(target, options) };
};

describe('another machine in the place of one whose host key nobody pinned', () => {
  it('is refused when the connection is made again', async () => {
    const [server, impostor] = [await machine(), await machine(other)];
    const port = await portOf([server, impostor]);
    const { host } = await openSshHost(targetAt(port, userKey));
    await host.run({ argv: ['true'] });
    server.dropConnections();
    const lost = await actionErrorOf(() => host.run({ argv: ['true'] })).catch(() => undefined);
    if (lost) expect(['ssh-connection-lost', 'ssh-host-key-mismatch']).toContain(lost.code);
    const error = await actionErrorOf(() => host.run({ argv: ['true'] }));
    expect(error).toMatchObject({ code: 'ssh-host-key-mismatch', retriable: false });
    expect(error.message).toBe(
      `the host key of 127.0.0.1:${port} changed during the job. Before: ${first.fingerprint}. ` +
        `Shown by the machine now: ${other.fingerprint} (ssh-ed25519)`,
    );
    expect(error.hint).toContain('host-fingerprint');
    expect(impostor.connections).toBeGreaterThan(0);
    expect({ signIns: impostor.signIns, commands: impostor.commands }).toEqual({ signIns: 0, commands: [] });
  });

  it('is refused on the second connection of the same run', async () => {
    const [server, impostor] = [await machine(first, { maxSessions: 1 }), await machine(other)];
    const { host } = await openSshHost(targetAt(await portOf([server, impostor]), userKey));
    const long = host.run({ argv: ['sleep', '2'] });
    await systemClock.sleep(300, new AbortController().signal);
    const error = await actionErrorOf(() => host.run({ argv: ['true'], isUrgent: true }));
    expect(error.code).toBe('ssh-host-key-mismatch');
    expect(impostor.signIns).toBe(0);
    await long;
  });

  it('is refused when the first sign-in is tried again', async () => {
    const [server, impostor] = [await machine(first, { refuseFirst: 1 }), await machine(other)];
    const { connect } = connecting(targetAt(await portOf([server, impostor]), userKey));
    expect((await actionErrorOf(connect)).code).toBe('ssh-host-key-mismatch');
    expect(impostor.signIns).toBe(0);
  });

  it('is refused when both are met at the same time: only one of them is trusted', async () => {
    const servers = [await machine(), await machine(other)];
    const { connect } = connecting(targetAt(await portOf(servers), userKey));
    const ended = await Promise.allSettled([connect(), connect()]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refusal = ended.find(each => each.status === 'rejected');
    expect(refusal?.reason).toMatchObject({ code: 'ssh-host-key-mismatch' });
    expect(servers.map(({ signIns }) => signIns).sort()).toEqual([0, 1]);
  });

  it('is refused although it has a key of another kind', async () => {
    const port = await portOf([await machine(), await machine(rsa)]);
    const { connect } = connecting(targetAt(port, userKey));
    await connect();
    const error = await actionErrorOf(connect);
    expect(error.code).toBe('ssh-host-key-mismatch');
    expect(error.message).toContain(`${rsa.fingerprint} (ssh-rsa)`);
  });

  it('is refused in the place of a jump host, and behind it', async () => {
    const [target, jump, impostor] = [await machine(), await machine(), await machine(other)];
    const between = await portOf([jump, jump, jump, impostor]);
    // One for the first time, and two for the second: whether the machine has a key of another kind is asked, too.
    const through = (port: number) =>
      targetAt(port, userKey, { via: { kind: 'jump-host', target: targetAt(between, userKey) } });
    const behind = await portOf([target, impostor]);
    const { connect } = connecting(through(behind));
    await connect();
    expect((await actionErrorOf(connect)).message).toMatch(/^the host key of .* changed during the job/);
    expect((await actionErrorOf(connect)).message).toMatch(
      /^jump host: the host key of .* changed during the job/,
    );
    expect(impostor.signIns).toBe(0);
  });

  it('is refused behind a proxy command', async () => {
    const port = await portOf([await machine(), await machine(other)]);
    const command = `node -e 'const s=require("net").connect(${port},"127.0.0.1");process.stdin.pipe(s).pipe(process.stdout)'`;
    const { connect } = connecting(
      targetAt(22, userKey, { host: 'i-0123', via: { kind: 'proxy-command', command } }),
    );
    await connect();
    expect((await actionErrorOf(connect)).code).toBe('ssh-host-key-mismatch');
  });

  it('is refused by what was seen in an earlier process of the job', async () => {
    const impostor = await machine(other);
    const shown = { [`127.0.0.1 ${impostor.port}`]: first.fingerprint };
    const { connect } = connecting(targetAt(impostor.port, userKey), new FirstKeys(shown));
    expect((await actionErrorOf(connect)).code).toBe('ssh-host-key-mismatch');
    expect(impostor.signIns).toBe(0);
  });
});

describe('the first host key that was seen', () => {
  it('is recommended once, and told at once to who keeps it', async () => {
    const server = await machine();
    const told: object[] = [];
    const { connect, log } = connecting(
      targetAt(server.port, userKey),
      new FirstKeys({}, shown => told.push(shown)),
    );
    await connect();
    await connect();
    expect(told).toEqual([{ [`127.0.0.1 ${server.port}`]: first.fingerprint }]);
    expect(log.warnings).toHaveLength(1);
  });

  it('is not what counts where keys are pinned: each of those will do', async () => {
    const port = await portOf([await machine(), await machine(other)]);
    const fingerprints = [first.fingerprint, other.fingerprint];
    const { connect, firstKeys } = connecting(
      targetAt(port, userKey, { trust: { ...UNPINNED, fingerprints } }),
    );
    await connect();
    await connect();
    expect(firstKeys.all).toEqual({});
  });

  it('does not stand above a line that revokes it', async () => {
    const server = await machine();
    const knownHosts = parseKnownHosts(`@revoked * ${first.publicKey}`);
    const shown = { [`127.0.0.1 ${server.port}`]: first.fingerprint };
    const target = targetAt(server.port, userKey, { trust: { ...UNPINNED, knownHosts } });
    const { connect } = connecting(target, new FirstKeys(shown));
    expect((await actionErrorOf(connect)).code).toBe('ssh-host-key-revoked');
  });
});
