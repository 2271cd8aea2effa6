import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { Withheld } from '../../../src/config/empty-inputs.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import type { SshTarget } from '../../../src/host/ssh/target.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const key = makeKey('ed25519');
const jumpKey = makeKey('ed25519');
const locked = makeKey('ed25519', 'a passphrase');
const folder = temporaryFolder();

const parse = (inputs: RawInputs) => parseConfig(inputs, path => readFileSync(path, 'utf8')).connection;
function target(inputs: RawInputs): SshTarget {
  const connection = parse({ host: 'machine.example', key: key.privateKey, ...inputs });
  return connection.kind === 'ssh' ? connection.target : expect.unreachable('it is not SSH');
}
const refusal = (inputs: RawInputs) =>
  actionErrorOf(() => parse({ host: 'machine.example', key: key.privateKey, ...inputs }));

describe('the machine', () => {
  it.each(['localhost', '127.0.0.1', '::1'])('is the runner itself for %s without a key', host => {
    expect(parse({ host })).toEqual({ kind: 'local' });
  });

  it.each(['localhost', '::1'])('is reached over SSH for %s with a key', host => {
    expect(target({ host })).toMatchObject({ host, privateKey: key.privateKey });
  });

  it('has the defaults of SSH and of Amazon Linux', () => {
    expect(target({})).toEqual({
      host: 'machine.example',
      port: 22,
      username: 'ec2-user',
      privateKey: key.privateKey,
      passphrase: '',
      trust: { fingerprints: [], knownHosts: [] },
    });
  });

  it.each([
    'machine',
    'a.b-c_d.example',
    '203.0.113.7',
    '2001:db8::1',
    '::ffff:192.0.2.1',
    'fe80::1%eth0',
    ' x.example ',
    '\u00a0x.example\n',
  ])('can be %j', host => {
    expect(target({ host }).host).toBe(host.trim());
  });

  it.each([
    ['machine.example.', 'machine.example'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
  ])('is understood as %s', (host, expected) => {
    expect(target({ host }).host).toBe(expected);
  });

  it.each<[string, RegExp]>([
    [
      '203.0.113.7:22',
      /^host and port: "203\.0\.113\.7:22" holds a port; give host 203\.0\.113\.7 and port 22$/,
    ],
    ['machine.example:2222', /^host and port: .* holds a port; give host machine\.example and port 2222$/],
    ['abc:22', /^host and port: "abc:22" holds a port; give host abc and port 22$/],
    ['[2001:db8::1]:22', /^host and port: .* give host 2001:db8::1 and port 22$/],
    [
      'ec2-user@machine.example',
      /^host and username: .* holds a user; give host machine\.example and username ec2-user$/,
    ],
    [
      'root@1.2.3.4:22',
      /^host and username and port: .* a user and a port; give host 1\.2\.3\.4 and username root and port 22$/,
    ],
    ['ssh://machine.example', /^host: .* is a URL; give host machine\.example$/],
    [
      'https://machine.example:8443/a',
      /^host and port: .* is a URL; give host machine\.example and port 8443$/,
    ],
    ['machine.example/', /^host: .* is a URL; give host machine\.example$/],
    ['ssh://u:hunter2@machine.example', /^host and username: "ssh:\/\/u:…@machine\.example" is a URL/],
    ['machine.example,', /^host: .* ends with ","; give it without$/],
    ['a.example b.example', /^host: .*several machines are given one a line, or with commas$/],
    ['a.example,b.example', /host: 2 machines make no quorum/],
    ['a.example\nb.example', /host: 2 machines make no quorum/],
    ['"machine.example"', /^host: .* has quotes around it/],
    ['$HOST', /^host: .* is a placeholder/],
    ['<machine>', /^host: .* is a placeholder/],
    ['ma\u200bchine.example', /^host: .* holds a character that nobody sees \(U\+200B\)/],
    ['203.0.113.300', /^host: .* is not a host name or an IP address/],
    ['203.0.113', /^host: .* is not a host name/],
    ['2001:db8::g', /^host: .* is not a host name/],
    ['[machine.example]', /^host: .* is not a host name/],
    ['a..b', /^host: .* is not a host name/],
  ])('%j is refused with what to give', async (host, words) => {
    const error = await refusal({ host });
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
  });

  it.each<[RawInputs, RegExp]>([
    [{ host: '' }, /^host: the name or address of the machine is required \("localhost" without a key/],
    [{ host: '-oProxyCommand=id' }, /^host: .* is not a host name/],
    [{ port: '0' }, /^port: "0" is not a whole number from 1 to 65535$/],
    [{ port: '65536' }, /^port: "65536" is not/],
    [{ port: 'ssh' }, /^port: "ssh" is not/],
    [{ username: 'ec2 user' }, /^username: "ec2 user" is not a user name: letters, digits/],
    [{ username: '-x' }, /^username: /],
    [
      { 'host-fingerprint': 'SHA256:abc' },
      /^host-fingerprint: "SHA256:abc" is not a fingerprint of the form SHA256/,
    ],
    [{ 'known-hosts': 'machine.example' }, /^known-hosts: line 1 is not of the form/],
    [{ 'known-hosts': '@cert-authority * ssh-ed25519 AAAA' }, /^known-hosts: line 1: @cert-authority/],
    [{ 'known-hosts': '# machine.example:22 SSH-2.0-OpenSSH_8.7' }, /^known-hosts: /],
    [{ 'host-fingerprint': ',' }, /^host-fingerprint: /],
  ])('%j is refused', async (inputs, words) => {
    const error = await refusal(inputs);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
  });

  it('is pinned by fingerprints and known_hosts lines', () => {
    const { trust } = target({
      'host-fingerprint': key.fingerprint,
      'known-hosts': `machine.example ${jumpKey.publicKey}\n`,
    });
    expect(trust.fingerprints).toEqual([key.fingerprint]);
    expect(trust.knownHosts).toMatchObject([{ patterns: ['machine.example'], type: 'ssh-ed25519' }]);
  });
});

describe('the key', () => {
  it('can come from a file on the runner', () => {
    writeFileSync(join(folder, 'key'), locked.privateKey);
    const inputs = { key: '', 'key-file': join(folder, 'key'), passphrase: 'a passphrase' };
    expect(target(inputs)).toMatchObject({ privateKey: locked.privateKey, passphrase: 'a passphrase' });
  });

  it('says what was put right in it, and drops the line break of a passphrase only where that opens it', () => {
    const given = { host: 'machine.example', 'jump-host': 'b.example', passphrase: 'a passphrase\n' };
    const connection = parse({
      ...given,
      key: `a note\n${locked.privateKey}`,
      'jump-key': jumpKey.privateKey.replaceAll('\n', '\\n'),
    });
    if (connection.kind === 'local') expect.unreachable('it is SSH');
    expect(connection.target.passphrase).toBe('a passphrase');
    expect(connection.repairs).toEqual([
      'key: what stands around the key is left out',
      'key: the line break at the end of its passphrase is left out',
      'jump-key: its lines are set anew',
    ]);
  });

  it('shares the repaired passphrase with the jump host', () => {
    const inputs = { key: locked.privateKey, passphrase: 'a passphrase\n', 'jump-host': 'b.example' };
    expect(target(inputs).via).toMatchObject({ target: { passphrase: 'a passphrase' } });
  });

  it('keeps its line breaks and loses nothing but CRs', () => {
    expect(target({ key: key.privateKey.replaceAll('\n', '\r\n') }).privateKey).toBe(key.privateKey);
  });

  writeFileSync(join(folder, 'blank'), ' \n');
  it.each<[RawInputs, string, RegExp]>([
    [
      { key: '' },
      'input-invalid',
      /^key and key-file: one of the two is required to connect over SSH, and both are empty$/,
    ],
    [
      { 'key-file': join(folder, 'key') },
      'input-invalid',
      /^key and key-file: only one of the two can be given$/,
    ],
    [
      { key: '', 'key-file': '/no/such' },
      'input-invalid',
      /^key-file: the file "\/no\/such" cannot be read on the runner: it ENOENT/,
    ],
    [
      { key: '', 'key-file': join(folder, 'blank') },
      'input-invalid',
      /^key-file: the file ".+blank": the key is empty/,
    ],
    [{ key: 'not a key' }, 'key-format', /^key: there is no "-----BEGIN/],
    [
      { key: locked.privateKey },
      'key-passphrase',
      /^passphrase: the key is encrypted and no passphrase is given$/,
    ],
    [
      { key: locked.privateKey, passphrase: 'wrong' },
      'key-passphrase',
      /^passphrase: the passphrase does not open/,
    ],
  ])('%# is refused: %j', async (inputs, code, words) => {
    const error = await refusal(inputs);
    expect(error.message).toMatch(words);
    expect(error.code).toBe(code);
  });
});

describe('a jump host', () => {
  const jump = (inputs: RawInputs): SshTarget => {
    const { via } = target(inputs);
    return via?.kind === 'jump-host' ? via.target : expect.unreachable('there is no jump host');
  };

  it.each<[string, string, string, number]>([
    ['bastion.example', 'ec2-user', 'bastion.example', 22],
    ['jumper@bastion.example', 'jumper', 'bastion.example', 22],
    ['jumper@bastion.example:2222', 'jumper', 'bastion.example', 2222],
    ['jumper@[2001:db8::1]:2222', 'jumper', '2001:db8::1', 2222],
    ['[2001:db8::1]', 'ec2-user', '2001:db8::1', 22],
    ['192.0.2.1:22', 'ec2-user', '192.0.2.1', 22],
    ['jumper@bastion.example.', 'jumper', 'bastion.example', 22],
    ['jumper@2001:db8::1', 'jumper', '2001:db8::1', 22],
  ])('%s is user %s, host %s, port %i', (text, username, host, port) => {
    expect(jump({ 'jump-host': text })).toMatchObject({ username, host, port, privateKey: key.privateKey });
  });

  it('has its own key, passphrase and pin', () => {
    const inputs = {
      'jump-host': 'bastion.example',
      'jump-key': locked.privateKey,
      'jump-passphrase': 'a passphrase',
      'jump-host-fingerprint': jumpKey.fingerprint,
      'host-fingerprint': key.fingerprint,
    };
    expect(jump(inputs)).toMatchObject({
      privateKey: locked.privateKey,
      passphrase: 'a passphrase',
      trust: { fingerprints: [jumpKey.fingerprint], knownHosts: [] },
    });
    expect(target(inputs).trust.fingerprints).toEqual([key.fingerprint]);
  });

  it('shares the key and the passphrase of the machine otherwise', () => {
    const inputs = { key: locked.privateKey, passphrase: 'a passphrase', 'jump-host': 'bastion.example' };
    expect(jump(inputs)).toMatchObject({ privateKey: locked.privateKey, passphrase: 'a passphrase' });
  });

  it('is pinned by the known_hosts lines that speak of it, and not by the others', () => {
    const known = `machine.example ${key.publicKey}`;
    expect(jump({ 'jump-host': 'bastion.example', 'known-hosts': known }).trust.knownHosts).toEqual([]);
    const revoked = `${known}\n@revoked * ${jumpKey.publicKey}`;
    const { trust } = jump({ 'jump-host': 'bastion.example', 'known-hosts': revoked });
    expect(trust.knownHosts).toMatchObject([{ revoked: true }]);
    const both = `${known}\nbastion.example ${jumpKey.publicKey}`;
    expect(jump({ 'jump-host': 'bastion.example', 'known-hosts': both }).trust.knownHosts).toMatchObject([
      { patterns: ['bastion.example'] },
    ]);
  });

  it.each<[RawInputs, RegExp]>([
    [{ 'jump-host': 'a b' }, /^jump-host: "a b" is not one host name or IP address/],
    [{ 'jump-host': 'a@b@c' }, /^jump-host: "a@b@c" is not of the form user@host or user@host:port$/],
    [
      { 'jump-host': 'a.example,b.example' },
      /^jump-host: .* several jump hosts.*ssh -W %h:%p -J FIRST LAST$/,
    ],
    [{ 'jump-host': 'bastion.example,' }, /^jump-host: .* ends with ","/],
    [
      { 'jump-host': 'ssh://u@bastion.example:2222' },
      /^jump-host: .* is a URL; give u@bastion\.example:2222$/,
    ],
    [{ 'jump-host': 'bastion.example:0' }, /^jump-host: .* is not of the form/],
    [{ 'jump-host': 'bastion.example:99999' }, /^jump-host: .* is not of the form/],
    [{ 'jump-host': 'ssh://bastion.example' }, /^jump-host: /],
    [{ 'jump-host': 'b.example', 'proxy-command': 'nc %h %p' }, /^jump-host and proxy-command: only one way/],
    [{ 'jump-key': jumpKey.privateKey }, /^jump-key and jump-host: jump-key is given, but no jump-host/],
    [{ 'jump-passphrase': 'x' }, /^jump-passphrase and jump-host: /],
    [{ 'jump-host-fingerprint': jumpKey.fingerprint }, /^jump-host-fingerprint and jump-host: /],
    [{ 'jump-host': 'b.example', 'jump-passphrase': 'x' }, /^jump-passphrase and jump-key: /],
    [
      { 'jump-host': 'b.example', 'jump-host-fingerprint': 'x' },
      /^jump-host-fingerprint: "x" is not a fingerprint/,
    ],
  ])('%# is refused: %j', async (inputs, words) => {
    const error = await refusal(inputs);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
  });

  it('with a wrong passphrase of its own names jump-passphrase', async () => {
    const error = await refusal({
      'jump-host': 'b.example',
      'jump-key': locked.privateKey,
      'jump-passphrase': 'x',
    });
    expect(error).toMatchObject({
      code: 'key-passphrase',
      message: expect.stringMatching(/^jump-passphrase: /),
    });
  });

  it.each(['jump-host', 'proxy-command'] as const)(
    'or another way there makes no sense for the runner: %s',
    async name => {
      const error = await actionErrorOf(() => parse({ host: 'localhost', [name]: 'bastion.example' }));
      expect(error.message).toMatch(new RegExp(`^${name} and key: there is no SSH connection to carry`));
    },
  );
});

describe('a proxy command', () => {
  it('is taken as it is', () => {
    const command = 'aws ssm start-session --target "%h" --parameters \'portNumber=%p\'';
    expect(target({ 'proxy-command': ` ${command} ` }).via).toEqual({ kind: 'proxy-command', command });
  });
});

describe('an input that is empty although the workflow gives it', () => {
  const hint = async (inputs: RawInputs, withheld?: Withheld) => {
    const given = { host: 'machine.example', key: key.privateKey, ...inputs };
    return (await actionErrorOf(() => parseConfig(given, () => '', withheld))).hint;
  };

  it.each<[string, RawInputs, string]>([
    ['key', { key: '' }, `key: \${{ secrets.NAME }}, no secret is set under this name`],
    ['host', { host: ' ' }, `host: \${{ vars.NAME }}, no variable is set under this name`],
    ['passphrase', { key: locked.privateKey }, `passphrase: \${{ secrets.NAME }}, no secret is set`],
  ])('has a hint that says where a value is missing: %s', async (_, inputs, words) => {
    expect(await hint(inputs)).toContain(`If the workflow says ${words}`);
    expect(await hint(inputs)).toContain('a GitHub environment that the job does not name');
  });

  it.each<[Withheld, RegExp]>([
    ['fork', /^A pull request from a fork started this run/],
    ['dependabot', /gh secret set NAME --app dependabot$/],
  ])('is a secret that the run does not get: %s', async (withheld, words) => {
    expect(await hint({ key: '' }, withheld)).toMatch(words);
    expect(await hint({ key: locked.privateKey }, withheld)).toMatch(words);
    // A variable is no secret.
    expect(await hint({ host: '' }, withheld)).toContain('gh variable list');
  });
});
