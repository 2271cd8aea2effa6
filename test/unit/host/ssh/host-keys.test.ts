import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  algorithmsOf,
  fingerprintOf,
  isPinned,
  kindOf,
  kindsToAskFor,
  linesFor,
  parseFingerprints,
  parseKnownHosts,
  trusts,
} from '../../../../src/host/ssh/host-keys.ts';
import { keygen, makeKey } from '../../support/ssh-keys.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const ed25519 = makeKey('ed25519');
const rsa = makeKey('rsa');
const ecdsa = makeKey('ecdsa');
const blob = (publicKey: string) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

/** Lines as `ssh-keygen -H` hashes them. */
function hashed(lines: string): string {
  const path = join(folder, 'known_hosts');
  writeFileSync(path, `${lines}\n`);
  keygen('-q', '-H', '-f', path);
  return readFileSync(path, 'utf8');
}

describe('a fingerprint', () => {
  it.each([
    ['ssh-ed25519', ed25519],
    ['ssh-rsa', rsa],
    ['ecdsa-sha2-nistp256', ecdsa],
  ])('of a %s key is what ssh-keygen prints', (kind, key) => {
    expect(fingerprintOf(blob(key.publicKey))).toBe(key.fingerprint);
    expect(kindOf(blob(key.publicKey))).toBe(kind);
    expect(parseFingerprints(key.fingerprint)).toEqual([key.fingerprint]);
  });

  const value = ed25519.fingerprint.slice('SHA256:'.length);
  it.each([
    ['one', ed25519.fingerprint, [ed25519.fingerprint]],
    ['one without SHA256:', value, [ed25519.fingerprint]],
    ['one with padding', `${ed25519.fingerprint}=`, [ed25519.fingerprint]],
    [
      'several on lines',
      `${ed25519.fingerprint}\n${rsa.fingerprint}\n`,
      [ed25519.fingerprint, rsa.fingerprint],
    ],
    [
      'several with commas',
      `${ed25519.fingerprint}, ${rsa.fingerprint}`,
      [ed25519.fingerprint, rsa.fingerprint],
    ],
    ['none', '  ', []],
  ])('can be given as %s', (_, text, expected) => {
    expect(parseFingerprints(text)).toEqual(expected);
  });

  const md5 = keygen('-l', '-E', 'md5', '-f', `${ed25519.path}.pub`).split(' ')[1] ?? '';
  it.each([
    ['an MD5 fingerprint', md5, /is an MD5 fingerprint; give the SHA256 one: ssh-keygen -l/],
    ['an MD5 fingerprint without its prefix', md5.slice(4), /is an MD5 fingerprint/],
    ['one that is cut off', ed25519.fingerprint.slice(0, 30), /not a fingerprint of the form SHA256/],
    ['a public key', 'ssh-ed25519', /"ssh-ed25519" is not a fingerprint/],
    ['a wrong one after a right one', `${ed25519.fingerprint} SHA1:abc`, /"SHA1:abc" is not/],
  ])('is refused as %s', (_, text, message) => {
    expect(() => parseFingerprints(text)).toThrow(message);
  });
});

describe('known_hosts lines', () => {
  const { publicKey } = ed25519;
  it.each<[string, string, string, number, boolean]>([
    ['the name', `machine.example ${publicKey}`, 'machine.example', 22, true],
    ['another name', `machine.example ${publicKey}`, 'other.example', 22, false],
    ['the name in other letters', `Machine.Example ${publicKey}`, 'machine.EXAMPLE', 22, true],
    ['one of several names', `a.example,192.0.2.7 ${publicKey}`, '192.0.2.7', 22, true],
    ['the name at another port', `machine.example ${publicKey}`, 'machine.example', 2222, true],
    ['the name and the port', `[machine.example]:2222 ${publicKey}`, 'machine.example', 2222, true],
    ['the name and another port', `[machine.example]:2222 ${publicKey}`, 'machine.example', 2223, false],
    [
      'the name with a port, asked for at 22',
      `[machine.example]:2222 ${publicKey}`,
      'machine.example',
      22,
      false,
    ],
    ['an IPv6 address', `2001:db8::1 ${publicKey}`, '2001:db8::1', 22, true],
    ['an IPv6 address and a port', `[2001:db8::1]:2222 ${publicKey}`, '2001:db8::1', 2222, true],
    ['a wildcard', `*.example ${publicKey}`, 'machine.example', 22, true],
    ['a wildcard with one sign', `machine-?.example ${publicKey}`, 'machine-7.example', 22, true],
    ['a wildcard with one sign for two', `machine-?.example ${publicKey}`, 'machine-17.example', 22, false],
    ['several wildcards', `m*ch*.ex*e ${publicKey}`, 'machine.example', 22, true],
    ['several wildcards that do not fit', `m*ch*.ex*f ${publicKey}`, 'machine.example', 22, false],
    ['wildcards upon wildcards', `${'*a'.repeat(2_000)}*b ${publicKey}`, 'a'.repeat(4_000), 22, false],
    ['a dot that is only a dot', `machine.example ${publicKey}`, 'machinexexample', 22, false],
    ['a wildcard but not this name', `*.example,!machine.example ${publicKey}`, 'machine.example', 22, false],
    ['a wildcard but not another name', `*.example,!machine.example ${publicKey}`, 'other.example', 22, true],
    ['a comment behind it', `machine.example ${publicKey} a comment`, 'machine.example', 22, true],
    ['the name, hashed', hashed(`machine.example ${publicKey}`), 'machine.example', 22, true],
    ['another name, hashed', hashed(`machine.example ${publicKey}`), 'other.example', 22, false],
    [
      'the name and the port, hashed',
      hashed(`[machine.example]:2222 ${publicKey}`),
      'machine.example',
      2222,
      true,
    ],
    [
      'the name in other letters, hashed',
      hashed(`machine.example ${publicKey}`),
      'Machine.EXAMPLE',
      22,
      true,
    ],
  ])('with %s', (_, text, host, port, expected) => {
    const trust = { fingerprints: [], knownHosts: parseKnownHosts(text) };
    expect(linesFor(trust, host, port)).toHaveLength(expected ? 1 : 0);
    expect(trusts(trust, host, port, blob(publicKey))).toBe(expected);
    expect(trusts(trust, host, port, blob(rsa.publicKey))).toBe(false);
  });

  it('are read among comments, blank lines and CRLF', () => {
    const text = `# machine.example:22 SSH-2.0-OpenSSH_8.7\r\n\r\nmachine.example ${publicKey}\r\n`;
    expect(parseKnownHosts(text)).toMatchObject([
      { patterns: ['machine.example'], type: 'ssh-ed25519', revoked: false },
    ]);
  });

  it('that revoke a key stand against every other pin', () => {
    const knownHosts = parseKnownHosts(`machine.example ${publicKey}\n@revoked * ${publicKey}`);
    const trust = { fingerprints: [ed25519.fingerprint], knownHosts };
    expect(trusts(trust, 'machine.example', 22, blob(publicKey))).toBe(false);
    expect(trusts({ ...trust, knownHosts: [] }, 'machine.example', 22, blob(publicKey))).toBe(true);
  });

  it.each([
    ['@cert-authority', `@cert-authority *.example ${publicKey}`, /line 1: @cert-authority is not supported/],
    [
      'a line without a key',
      `a.example ${publicKey}\nmachine.example ssh-ed25519`,
      /line 2 is not of the form/,
    ],
    [
      'a key that is not base64',
      'machine.example ssh-ed25519 ***',
      /line 1 is not of the form "host key-type base64-key"/,
    ],
    ['another marker', `@trusted machine.example ${publicKey}`, /line 1: @trusted is not a marker/],
    ['a public key without a host', publicKey, /line 1 is not of the form/],
  ])('are refused with %s', (_, text, message) => {
    expect(() => parseKnownHosts(text)).toThrow(message);
  });
});

describe('host keys are asked for', () => {
  const ALL = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'ssh-rsa',
  ] as const;
  const line = (key: typeof rsa) => `machine.example ${key.publicKey}`;

  it.each<[string, string[], string, readonly string[]]>([
    ['all when nothing is pinned', [], '', ALL],
    ['all for a fingerprint', [rsa.fingerprint], '', ALL],
    ['by the kind of the known_hosts line', [], line(rsa), ['ssh-rsa']],
    [
      'by the kinds of the known_hosts lines, the strongest first',
      [],
      `${line(rsa)}\n${line(ed25519)}`,
      ['ssh-ed25519', 'ssh-rsa'],
    ],
    [
      'by the line first, then for the fingerprint',
      [ed25519.fingerprint],
      line(rsa),
      ['ssh-rsa', ...ALL.slice(0, -1)],
    ],
    ['all when the lines are of other hosts', [], `other.example ${rsa.publicKey}`, ALL],
    ['all when the only line revokes one', [], `@revoked ${line(rsa)}`, ALL],
  ])('%s', (_, fingerprints, knownHosts, expected) => {
    const trust = { fingerprints, knownHosts: parseKnownHosts(knownHosts) };
    expect(kindsToAskFor(trust, 'machine.example', 22)).toEqual(expected);
  });

  it('never with SHA-1', () => {
    expect(algorithmsOf(ALL)).not.toContain('ssh-rsa');
    expect(algorithmsOf(['ssh-rsa'])).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
  });
});

describe('a line without a port', () => {
  const lines = (text: string, port: number) =>
    linesFor({ fingerprints: [], knownHosts: parseKnownHosts(text) }, 'machine.example', port);

  it('counts for another port that has no line of its own', () => {
    expect(lines(`machine.example ${ed25519.publicKey}`, 2222)).toHaveLength(1);
    expect(lines(hashed(`machine.example ${ed25519.publicKey}`), 2222)).toHaveLength(1);
    const text = `machine.example ${ed25519.publicKey}\n[machine.example]:2222 ${rsa.publicKey}`;
    expect(lines(text, 2222).map(line => line.type)).toEqual(['ssh-rsa']);
    expect(lines(text, 2223).map(line => line.type)).toEqual(['ssh-ed25519']);
  });

  it('revokes its key for every port', () => {
    const knownHosts = parseKnownHosts(
      `[machine.example]:2222 ${rsa.publicKey}\n@revoked machine.example ${rsa.publicKey}`,
    );
    const trust = { fingerprints: [rsa.fingerprint], knownHosts };
    expect(trusts(trust, 'machine.example', 2222, blob(rsa.publicKey))).toBe(false);
    expect(trusts(trust, 'other.example', 2222, blob(rsa.publicKey))).toBe(true);
  });

  it('pins nothing when it revokes', () => {
    expect(isPinned({ fingerprints: [], knownHosts: parseKnownHosts(`@revoked * ${rsa.publicKey}`) })).toBe(
      false,
    );
  });
});
