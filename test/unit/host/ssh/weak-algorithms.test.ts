import { describe, expect, it } from 'vitest';
import { isTooSmall, rsaBitsOf } from '../../../../src/host/ssh/rsa-size.ts';
import { type KeyPair, makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, targetAt, UNPINNED } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const ed25519 = makeKey('ed25519');
const small = makeKey('rsa', '', ['-b', '1024']);
const almost = makeKey('rsa', '', ['-b', '2040']);
const enough = makeKey('rsa', '', ['-b', '2048']);
const userKey = makeKey('ed25519');

async function machine(more: object, fingerprints: readonly string[] = []) {
  const server = await SshServer.start({ hostKeys: [ed25519], authorized: [userKey], ...more });
  const target = targetAt(server.port, userKey, { trust: { ...UNPINNED, fingerprints } });
  return { server, connect: () => connected(target, connectOptions().options) };
}

const wireOf = ({ publicKey }: KeyPair) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

describe('a machine that knows only what is broken or cannot be checked', () => {
  it.each<[string, object, string]>([
    ['hmac-sha1', { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] }, 'MACs'],
    ['hmac-sha1-etm@openssh.com', { hmac: ['hmac-sha1-etm@openssh.com'], cipher: ['aes128-ctr'] }, 'MACs'],
    ['hmac-md5', { hmac: ['hmac-md5'], cipher: ['aes128-ctr'] }, 'MACs'],
    ['hmac-sha2-256-96', { hmac: ['hmac-sha2-256-96'], cipher: ['aes128-ctr'] }, 'MACs'],
    ['aes256-cbc', { cipher: ['aes256-cbc'] }, 'Ciphers'],
    ['3des-cbc', { cipher: ['3des-cbc'] }, 'Ciphers'],
    ['diffie-hellman-group14-sha1', { kex: ['diffie-hellman-group14-sha1'] }, 'KexAlgorithms'],
    ['diffie-hellman-group1-sha1', { kex: ['diffie-hellman-group1-sha1'] }, 'KexAlgorithms'],
    [
      'diffie-hellman-group-exchange-sha256',
      { kex: ['diffie-hellman-group-exchange-sha256'] },
      'KexAlgorithms',
    ],
  ])('is refused before anybody signs in, with what to change there: %s', async (name, only, setting) => {
    const { server, connect } = await machine({ only });
    const error = await actionErrorOf(connect);
    expect(error).toMatchObject({ code: 'ssh-handshake-failed', retriable: false });
    expect(error.message).toContain(`it offers ${name}`);
    expect(error.hint).toContain(`${setting} +`);
    expect(server.signIns).toBe(0);
  });
});

describe('an RSA host key', () => {
  it.each<[string, KeyPair, boolean]>([
    ['1024 bits', small, false],
    ['1024 bits, though it is pinned', small, true],
    ['2040 bits, though it is pinned', almost, true],
  ])('is refused with %s', async (_, key, pinned) => {
    const { server, connect } = await machine({ hostKeys: [key] }, pinned ? [key.fingerprint] : []);
    const error = await actionErrorOf(connect);
    expect(error).toMatchObject({ code: 'ssh-host-key-weak', retriable: false });
    expect(error.message).toMatch(/\(ssh-rsa\) of 127\.0\.0\.1:\d+ is an RSA key of less than 2048 bits$/);
    expect(error.message).toContain(key.fingerprint);
    expect(server.signIns).toBe(0);
  });

  it('is taken with 2048 bits', async () => {
    const { connect } = await machine({ hostKeys: [enough] });
    expect((await connect()).ssh.isConnected()).toBe(true);
  });

  it('that is small does not stand in the way of a better one', async () => {
    const { connect } = await machine({ hostKeys: [small, ed25519] });
    expect((await connect()).ssh.isConnected()).toBe(true);
  });

  it.each([
    [small, 1024],
    [almost, 2040],
    [enough, 2048],
    [ed25519, undefined],
  ])('has its size read from its wire format', (key, bits) => {
    expect(rsaBitsOf(wireOf(key))).toBe(bits);
  });

  it('that ends too early is small', () => {
    const whole = wireOf(enough);
    const kind = 4 + 'ssh-rsa'.length;
    for (let length = kind; length < whole.length; length++)
      expect(isTooSmall(whole.subarray(0, length)), `${length} bytes`).toBe(true);
  });
});
