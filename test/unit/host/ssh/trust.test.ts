import { describe, expect, it } from 'vitest';
import { connect } from '../../../../src/host/ssh/connect.ts';
import { parseKnownHosts } from '../../../../src/host/ssh/host-keys.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, targetAt, UNPINNED } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const ed25519 = makeKey('ed25519');
const rsa = makeKey('rsa');
const ecdsa = makeKey('ecdsa');
const other = makeKey('ed25519');
const userKey = makeKey('ed25519');

const RSA_FIRST = ['rsa-sha2-512', 'rsa-sha2-256', 'ecdsa-sha2-nistp256', 'ssh-ed25519'];

async function connectPinned(
  trust: Partial<typeof UNPINNED> | ((port: number) => string),
  more: object = {},
  fingerprints: readonly string[] = [],
) {
  const server = await SshServer.start({
    hostKeys: [rsa, ecdsa, ed25519],
    algorithms: RSA_FIRST,
    authorized: [userKey],
    ...more,
  });
  const pinned =
    typeof trust === 'function' ? { fingerprints, knownHosts: parseKnownHosts(trust(server.port)) } : trust;
  const target = targetAt(server.port, userKey, { trust: { ...UNPINNED, ...pinned } });
  const { options, log, clock } = connectOptions();
  return { server, log, clock, target, connecting: () => connected(target, options) };
}

describe('a machine with several host keys', () => {
  it.each([
    ['ssh-ed25519', ed25519],
    ['ecdsa-sha2-nistp256', ecdsa],
    ['ssh-rsa', rsa],
  ])('is trusted by the fingerprint of its %s key, although it prefers RSA', async (_, key) => {
    const { connecting, log } = await connectPinned({ fingerprints: [key.fingerprint] });
    expect((await connecting()).ssh.isConnected()).toBe(true);
    expect(log.warnings).toEqual([]);
  });

  it.each([
    ['ssh-ed25519', ed25519],
    ['ssh-rsa', rsa],
  ])('is trusted by a known_hosts line with its %s key, at the first attempt', async (_, key) => {
    const { connecting, server } = await connectPinned(port => `[127.0.0.1]:${port} ${key.publicKey}`);
    expect((await connecting()).ssh.isConnected()).toBe(true);
    expect(server.connections).toBe(1);
  });

  it('is trusted when one of several fingerprints fits', async () => {
    const { connecting } = await connectPinned({ fingerprints: [other.fingerprint, ecdsa.fingerprint] });
    expect((await connecting()).ssh.isConnected()).toBe(true);
  });
});

describe('a machine with another host key than the pinned one', () => {
  it('is refused, showing the pinned fingerprint and all that it offered', async () => {
    const { connecting, server } = await connectPinned({ fingerprints: [other.fingerprint] });
    const error = await actionErrorOf(connecting);
    expect(error).toMatchObject({ code: 'ssh-host-key-mismatch', retriable: false });
    expect(error.message).toContain(`Pinned: ${other.fingerprint}.`);
    for (const key of [ed25519, rsa, ecdsa]) expect(error.message).toContain(key.fingerprint);
    expect(error.message).toContain(`${ed25519.fingerprint} (ssh-ed25519)`);
    expect(server.signIns).toBe(0);
  });

  it('is refused by a known_hosts line of the same kind', async () => {
    const { connecting, server } = await connectPinned(port => `[127.0.0.1]:${port} ${other.publicKey}`);
    const error = await actionErrorOf(connecting);
    expect(error.code).toBe('ssh-host-key-mismatch');
    expect(error.message).toContain(`${other.fingerprint} (ssh-ed25519, known-hosts)`);
    expect(error.message).toContain(ed25519.fingerprint);
    expect(server.signIns).toBe(0);
  });

  it('is refused when the known_hosts lines speak of other machines only', async () => {
    const { connecting } = await connectPinned(() => `elsewhere.example ${ed25519.publicKey}`);
    const error = await actionErrorOf(connecting);
    expect(error.message).toContain('no known-hosts line for this host and port');
    expect(error.message).toContain(ed25519.fingerprint);
  });
});

describe('a machine whose host key is revoked', () => {
  it.each<[string, (port: number) => string, string[]]>([
    ['pinned by a line', port => `[127.0.0.1]:${port} ${ed25519.publicKey}`, []],
    ['pinned by a line without a port', () => `127.0.0.1 ${ed25519.publicKey}`, []],
    ['pinned by a fingerprint', () => '', [ed25519.fingerprint]],
    ['not pinned', () => '', []],
  ])('is refused by that, and no key of it is recommended: %s', async (_, line, fingerprints) => {
    const { connecting, log, server } = await connectPinned(
      port => `${line(port)}\n@revoked * ${ed25519.publicKey}`,
      {},
      fingerprints,
    );
    const error = await actionErrorOf(connecting);
    expect(error).toMatchObject({ code: 'ssh-host-key-revoked', retriable: false });
    expect(error.message).toMatch(/^the host key \S+ \(ssh-ed25519\) of 127.* is revoked by known-hosts$/);
    expect(error.message).toContain(ed25519.fingerprint);
    for (const key of [rsa, ecdsa]) expect(`${error.message} ${error.hint}`).not.toContain(key.fingerprint);
    expect(log.warnings).toEqual([]);
    expect(server.signIns).toBe(0);
  });

  it.each<[string, string, string[]]>([
    ['by a line', `127.0.0.1 ${rsa.publicKey}`, []],
    ['by a fingerprint', '', [rsa.fingerprint]],
  ])('is trusted by another key that is pinned %s', async (_, line, fingerprints) => {
    const text = `127.0.0.1 ${ed25519.publicKey}\n${line}\n@revoked * ${ed25519.publicKey}`;
    const { connecting } = await connectPinned(() => text, {}, fingerprints);
    expect((await connecting()).ssh.isConnected()).toBe(true);
  });

  it('is trusted, unpinned, when the key it shows is another one', async () => {
    const { connecting, log } = await connectPinned(() => `@revoked * ${rsa.publicKey}`);
    await connecting();
    expect(log.warnings.join()).toContain(ed25519.fingerprint);
  });
});

describe('a machine whose host key is not pinned', () => {
  it('is trusted with a warning that holds the line to add', async () => {
    const { connecting, log } = await connectPinned({}, { hostKeys: [ed25519], algorithms: ['ssh-ed25519'] });
    await connecting();
    expect(log.warnings).toHaveLength(1);
    expect(log.warnings[0]).toContain(`host-fingerprint: ${ed25519.fingerprint}  (ssh-ed25519)`);
  });

  it('and that offers only algorithms with SHA-1 is not said to have a wrong key', async () => {
    const { target } = await connectPinned({}, { hostKeys: [rsa], algorithms: ['ssh-rsa'] });
    const { options } = connectOptions({ connectTimeoutMs: 1_000 });
    const error = await actionErrorOf(() => connect(target, options));
    expect(error).toMatchObject({ code: 'ssh-handshake-failed', retriable: false });
    expect(error.message).toMatch(/no host key algorithm in common .*ssh-ed25519.*; it offers ssh-rsa$/);
  });
});
