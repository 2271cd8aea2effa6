import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readComposeFiles } from '../../src/action/workspace.ts';
import { parseTask } from '../../src/config.ts';
import type { ActionError } from '../../src/errors.ts';
import { type InputName, type RawInputs, SECRET_INPUTS } from '../../src/inputs.ts';
import { makeKey } from './support/ssh-keys.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { thrownBy } from './support/thrown-error.ts';

const folder = temporaryFolder();
const key = makeKey('ed25519').privateKey;
const locked = makeKey('ed25519', 'the right one').privateKey;
const sha256 = 'ab'.repeat(32);
const notKey = join(folder, 'no-key.pem');
const blank = join(folder, 'blank.pem');
writeFileSync(notKey, 'NOT-A-KEY-9f8e7d6c\n');
writeFileSync(blank, ' \n');

const BASE: RawInputs = { host: 'machine.example', key };
const read = (inputs: RawInputs) => parseTask({ ...BASE, ...inputs }, path => readFileSync(path, 'utf8'));
const refusal = (inputs: RawInputs) => thrownBy(() => read(inputs));

/** Wrong values of one input. */
interface Wrong {
  readonly values: readonly string[];
  /** What the message says is allowed. */
  readonly allowed: RegExp;
  /** Other inputs without which this one is not looked at. */
  readonly beside?: RawInputs;
  /** What the message shows of the value, and why that is not the whole of it. */
  readonly shows?: string;
  readonly because?: string;
}

const seconds = (min: number, max: number): RegExp =>
  new RegExp(`is not a number of seconds from ${min} to ${max}$`);
const times = ['15m', '-1', '1e3', 'Infinity', '1,5', '0x10', '86400.1', '٣'];
const flags: Wrong[] = [
  { values: ['yes', 'no', '1', '0', 'on', 'tRUE', 'true false'], allowed: /is neither true nor false$/ },
];
const fingerprints = (beside: RawInputs = {}): Wrong[] => [
  { values: ['SHA256:abc', 'abc'], allowed: /not a fingerprint of the form SHA256:…/, beside },
  { values: [`${'a1:'.repeat(15)}a1`, 'MD5:x'], allowed: /an MD5 fingerprint; give the SHA256 one/, beside },
  { values: [',', ', ,'], allowed: /holds no host key; it takes SHA256:…/, beside },
];
const SECRET = 'Q7xJ2vKp9LmT4wZr8';
const keys = (beside: RawInputs = {}): Wrong[] => [
  { values: [SECRET], allowed: /no "-----BEGIN … PRIVATE KEY-----" line/, beside },
  {
    values: [`-----BEGIN RSA PRIVATE KEY-----\n${SECRET}`],
    allowed: /before its "-----END … PRIVATE/,
    beside,
  },
  {
    values: [`-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----`],
    allowed: /damaged or of an unknown kind/,
    beside,
  },
  { values: [`ssh-ed25519 AAAA${SECRET}`], allowed: /the public half of a key/, beside },
  { values: [`PuTTY-User-Key-File-3: ${SECRET}`], allowed: /a PuTTY key/, beside },
];

/** Every input that can be wrong by itself. */
const WRONG: Readonly<Partial<Record<InputName, readonly Wrong[]>>> = {
  host: [
    { values: [''], allowed: /^host: the name or address of the machine is required/ },
    {
      values: [
        'a b',
        'ssh://machine.example',
        'ec2-user@machine.example',
        'machine.example:22',
        '-o',
        '[::1]',
      ],
      allowed: /is not a host name or an IP address, without user, port or "ssh:\/\/"$/,
    },
    { values: [key], allowed: /is not a host name/, shows: 'the text of a private key', because: 'secret' },
  ],
  port: [{ values: ['0', '65536', 'ssh', '22.0', '-22'], allowed: /is not a whole number from 1 to 65535$/ }],
  username: [
    {
      values: ['ec2 user', '-x', '1user', 'a;b'],
      allowed: /is not a user name: letters, digits, dots, dashes and underscores/,
    },
  ],
  key: keys(),
  'key-file': [
    { values: ['/no/such/key'], allowed: /cannot be read on the runner \(ENOENT\)$/, beside: { key: '' } },
    { values: [notKey], allowed: /no "-----BEGIN … PRIVATE KEY-----" line in it$/, beside: { key: '' } },
    { values: [blank], allowed: /the key is empty$/, beside: { key: '' } },
    {
      values: [key],
      allowed: /it holds the text of a key, not a path/,
      beside: { key: '' },
      ...{ shows: '', because: 'it is secret' },
    },
  ],
  passphrase: [
    { values: [SECRET], allowed: /the passphrase does not open this key$/, beside: { key: locked } },
  ],
  'host-fingerprint': fingerprints(),
  'known-hosts': [
    {
      values: ['machine.example'],
      allowed: /is not of the form "host key-type base64-key" \(as ssh-keyscan/,
    },
    {
      values: ['@cert-authority * ssh-ed25519 AAAA'],
      allowed: /^known-hosts: line 1: @cert-authority is not supported; pin the host key itself$/,
      ...{ shows: '@cert-authority', because: 'the rest of the line is right' },
    },
    { values: ['# a comment'], allowed: /holds no host key; it takes lines "host key-type base64-key"/ },
    {
      values: [key],
      allowed: /does not belong here$/,
      shows: 'the text of a private key',
      because: 'secret',
    },
  ],
  'jump-host': [
    {
      values: ['a b', 'bastion:0', 'bastion:65536', 'ssh://bastion', 'a@b@c', 'bastion:22:22', '@bastion'],
      allowed: /is not of the form user@host or user@host:port$/,
    },
  ],
  'jump-key': keys({ 'jump-host': 'bastion' }),
  'jump-passphrase': [
    {
      values: [SECRET],
      allowed: /the passphrase does not open this key$/,
      beside: { 'jump-host': 'bastion', 'jump-key': locked },
    },
  ],
  'jump-host-fingerprint': fingerprints({ 'jump-host': 'bastion' }),
  'connect-timeout': [{ values: [...times, '0', '0.9', '3601'], allowed: seconds(1, 3600) }],
  'command-timeout': [{ values: [...times, '0', '86401'], allowed: seconds(1, 86400) }],
  timeout: [{ values: [...times, '0', '86401'], allowed: seconds(1, 86400) }],
  'lock-timeout': [{ values: [...times, '86401'], allowed: seconds(0, 86400) }],
  mode: [
    {
      values: ['Deploy', 'destroy', 'deploy,plan', 'Lint'],
      allowed: /is not one of: deploy, smoke-test, plan, down, lint$/,
    },
  ],
  stack: [{ values: ['kafka', 'Zookeeper', 'zookeeper,kraft'], allowed: /is not one of: zookeeper, kraft$/ }],
  'lint-level': [{ values: ['errors', 'none', 'Error'], allowed: /is not one of: error, warning, off$/ }],
  fix: flags,
  directory: [
    {
      values: ['/opt/kafka', '~/kafka', 'my kafka', '-kafka', 'kafka/', '$(id)', 'a//b'],
      allowed: /is not a path below the user's home directory, of letters, digits, dots/,
    },
    { values: ['a/../../etc', 'a/..'], allowed: /leaves the user's home directory \("\.\."\)$/ },
  ],
  'project-name': [
    {
      values: ['Kafka', '-kafka', '_kafka', 'a b', 'a.b'],
      allowed: /is not lower-case letters, digits, dashes/,
    },
  ],
  environment: [
    {
      values: ['PR-42', 'pr 42', '-pr', 'pr-', 'pr_42', 'feature/x', 'x'.repeat(41)],
      allowed: /is not a name of up to 40 lower-case letters, digits and dashes, such as pr-42$/,
    },
  ],
  'update-packages': flags,
  'compose-version': [
    {
      values: ['2', 'v2.40', 'Latest', 'v2.40.3/../x', '>=2'],
      allowed: /is not "latest" or a version such as v2\.40\.3$/,
    },
  ],
  'compose-url': [
    {
      values: ['ftp://mirror.example/c', 'mirror.example/c', 'https://', 'https://a:b/c'],
      allowed: /is not an http or https address$/,
    },
    {
      values: [`ftp://mirror.example/c?token=${SECRET}`],
      allowed: /is not an http or https address$/,
      ...{ shows: 'ftp://mirror.example/c?…', because: 'the query may hold a password' },
    },
    {
      values: [`https://user:${SECRET}@mirror.example/c`, `https://user:${SECRET} @mirror.example/c`],
      allowed: /holds a user name or password.*; give an http or https address without$/,
      ...{ shows: '', because: 'it holds a password' },
    },
    {
      values: [`ftp://user:${SECRET}@mirror.example/c`, `user:${SECRET}@mirror.example/c`],
      allowed: /it is not an http or https address$/,
      ...{ shows: '', because: 'it holds a password' },
    },
  ],
  'compose-sha256': [
    {
      values: ['abc', 'ab'.repeat(31), 'xy'.repeat(32), 'ABC'],
      allowed: /not a SHA-256 checksum \(64 hexadecimal digits\)$/,
    },
  ],
  'bootstrap-servers': [
    {
      values: ['localhost', 'localhost:0', 'localhost:65536', 'http://localhost:9092', ':9092', '::1:9092'],
      allowed: /is not of the form host:port, with a port from 1 to 65535$/,
      beside: { mode: 'smoke-test' },
    },
    {
      values: ['a:1,b,c:2,d'],
      allowed: /^bootstrap-servers: "b", "d" are not of the form host:port/,
      beside: { mode: 'smoke-test' },
      ...{ shows: '"b", "d"', because: 'the others are right' },
    },
    { values: [','], allowed: /holds no address; it takes host:port/, beside: { mode: 'smoke-test' } },
  ],
  'schema-registry-url': [
    {
      values: [
        'localhost:8081',
        'ftp://localhost:8081',
        'http://',
        'http://a b',
        'http://a:b',
        'http://a:99999',
      ],
      allowed: /is not an http or https address without a user name$/,
      beside: { mode: 'smoke-test', 'bootstrap-servers': 'localhost:9092' },
    },
    {
      values: [`http://user:${SECRET}@localhost:8081`],
      allowed: /it is not an http or https address without a user name$/,
      beside: { mode: 'smoke-test', 'bootstrap-servers': 'localhost:9092' },
      ...{ shows: '', because: 'it holds a password' },
    },
  ],
  messages: [
    {
      values: ['0', '1000001', '10.0', '0x10', 'ten', '-1', '1e3'],
      allowed: /is not a whole number from 1 to 1000000$/,
    },
  ],
  'message-interval': [{ values: [...times, '3601'], allowed: seconds(0, 3600) }],
  topic: [
    {
      values: ['my topic', '.', '..', 'a/b', 'thème', 'a,b'],
      allowed: /is not a topic name: up to 249 letters, digits, dots, dashes and underscores$/,
    },
    {
      values: ['x'.repeat(250)],
      allowed: /is not a topic name: up to 249 letters/,
      ...{ shows: `"${'x'.repeat(100)}…"`, because: 'it is too long' },
    },
  ],
  group: [
    { values: ['my group', 'groupé'], allowed: /is not a group name: up to 200 printable ASCII characters$/ },
  ],
  clients: [
    { values: ['python', 'Host'], allowed: /is not one of: host, runner$/ },
    {
      values: ['host,python,go'],
      allowed: /^clients: "python", "go" are not one of: host, runner$/,
      ...{ shows: '"python", "go"', because: 'host is right' },
    },
    {
      values: [','],
      allowed: /the list is empty; it takes host, runner$/,
      ...{ shows: 'empty', because: 'there is nothing in it' },
    },
  ],
  'smoke-timeout': [{ values: [...times, '0', '86401'], allowed: seconds(1, 86400) }],
  'max-latency-p95-ms': [
    { values: ['0', '0.09', '3600000.1', '50ms', '-5'], allowed: /is not a number from 0\.1 to 3600000$/ },
  ],
  'min-throughput': [
    { values: ['0', '10000001', 'fast', '-1'], allowed: /is not a number from 0\.001 to 10000000$/ },
  ],
  drill: [
    { values: ['broker-stop', 'Broker-Restart', 'true'], allowed: /is not one of: none, broker-restart$/ },
  ],
  teardown: [
    { values: ['true', 'on-success', 'Always'], allowed: /is not one of: never, always, on-failure$/ },
  ],
  volumes: flags,
  tunnel: flags,
};

/** Inputs of which no text is wrong by itself. */
const ANY_TEXT: Readonly<Partial<Record<InputName, { values: readonly string[]; reason: string }>>> = {
  'proxy-command': {
    values: ['nc %h %p', '$(', 'é | "'],
    reason: 'only the shell on the runner knows what a command is; one that fails is `proxy-command-failed`',
  },
  'compose-file': {
    values: ['kafka.yml', 'a b.yml\n\nc.yml', '/no/such'],
    reason: 'a path shows to be wrong when it is read: `compose-file-unreadable`',
  },
  'job-status': { values: ['success', 'x'], reason: 'the runner sets it, for the post step' },
};

const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };
const secrets = new Set<string>(SECRET_INPUTS);

/** All that an error says. */
const saidBy = ({ message, hint, details }: ActionError) => [message, hint, ...details].join('\n');
/** Pieces of a secret that are too long to be in a message by chance. */
const piecesOf = (text: string) =>
  Array.from({ length: text.length - 4 }, (_, index) => text.slice(index, index + 5));

describe('every input', () => {
  it('of action.yml is in one of the tables, and no other', () => {
    expect([...Object.keys(WRONG), ...Object.keys(ANY_TEXT)].toSorted()).toEqual(
      Object.keys(action.inputs).toSorted(),
    );
  });

  const cases = Object.entries(WRONG).flatMap(([name, wrongs]) =>
    wrongs.flatMap(({ values, ...rest }) => values.map(value => ({ ...rest, name, value }))),
  );
  it.each(cases)(
    'that is wrong has one message: $name = $value',
    ({ name, value, allowed, beside, shows }) => {
      const error = refusal({ ...beside, [name]: value });
      expect(error.message.startsWith(`${name}: `)).toBe(true);
      expect(error.message).toMatch(allowed);
      expect(error.message.split(`${name}: `)).toHaveLength(2);
      expect(error.details).toEqual([]);
      expect(error.code).toMatch(/^(input-invalid|key-format|key-passphrase)$/);
      if (!secrets.has(name)) expect(error.message).toContain(shows ?? (value === '' ? '' : `"${value}"`));
      for (const piece of [...piecesOf(SECRET), ...piecesOf(key.split('\n')[2] ?? '')])
        expect(saidBy(error)).not.toContain(piece);
    },
  );

  it.each(Object.entries(ANY_TEXT))('of which any text is taken: %s', (name, { values, reason }) => {
    expect(reason).not.toBe('');
    for (const value of values) expect(read({ [name]: value })).toMatchObject({ mode: 'deploy' });
  });

  it('that names a file is named when the file is not there', () => {
    const { compose } = {
      compose: { files: ['no/such.yml'], stack: 'kraft', lintLevel: 'off', fix: false },
    } as const;
    expect(thrownBy(() => readComposeFiles(compose, '.', folder))).toMatchObject({
      code: 'compose-file-unreadable',
      message: 'compose-file: no/such.yml: it is not there',
    });
  });
});

describe('several wrong inputs', () => {
  /** The first wrong value of each input that is looked at whatever the others say. */
  const together = Object.entries(WRONG).flatMap(([name, [first]]) =>
    first && !first.beside && name !== 'key' ? [[name, first.values.at(-1) ?? ''] as const] : [],
  );

  it('are told in one error, each once, also with a mode that there is not', () => {
    const error = refusal({ ...Object.fromEntries(together), teardown: 'sometimes' });
    const names = together.map(([name]) => name);
    expect(names).toContain('mode');
    expect(names.length).toBeGreaterThan(25);
    expect(error.code).toBe('input-invalid');
    expect(error.details.map(line => line.replace(/: .*/s, '')).toSorted()).toEqual(names.toSorted());
    expect(error.message).toBe(`${names.length} inputs are wrong. ${error.details.join('. ')}`);
  });

  it('do not contradict each other because the mode is wrong', () => {
    const inputs = {
      mode: 'Smoke-Test',
      'bootstrap-servers': 'localhost:9092',
      drill: 'x',
      teardown: 'always',
      tunnel: 'true',
    };
    expect(refusal(inputs).details.map(line => line.replace(/: .*/s, ''))).toEqual(['mode', 'drill']);
  });
});

describe('inputs that contradict each other', () => {
  const cluster = { mode: 'smoke-test', 'bootstrap-servers': 'localhost:9092' };
  const others = ['deploy', 'plan', 'down'];
  it.each<[RawInputs, readonly InputName[], RegExp]>([
    ...others.map((mode): [RawInputs, readonly InputName[], RegExp] => [
      { ...cluster, mode },
      ['bootstrap-servers', 'mode'],
      /only mode smoke-test takes them/,
    ]),
    [{ ...cluster, environment: 'pr-1' }, ['bootstrap-servers', 'environment'], /either of the two/],
    [{ ...cluster, 'project-name': 'kafka' }, ['bootstrap-servers', 'project-name'], /either of the two/],
    [{ ...cluster, drill: 'broker-restart' }, ['drill', 'bootstrap-servers'], /a drill restarts a container/],
    [
      { mode: 'smoke-test', 'schema-registry-url': 'http://localhost:8081' },
      ['schema-registry-url', 'bootstrap-servers'],
      /it goes with bootstrap-servers/,
    ],
    ...['smoke-test', 'plan', 'down'].flatMap(mode =>
      ['always', 'on-failure'].map((teardown): [RawInputs, readonly InputName[], RegExp] => [
        { mode, teardown },
        ['teardown', 'mode'],
        new RegExp(`mode ${mode} makes none$`),
      ]),
    ),
    ...['plan', 'down'].map((mode): [RawInputs, readonly InputName[], RegExp] => [
      { mode, tunnel: 'true' },
      ['tunnel', 'mode'],
      new RegExp(`mode ${mode} proves none$`),
    ]),
    [{ 'compose-sha256': sha256 }, ['compose-sha256', 'compose-version'], /a checksum fits one file only/],
    [{ 'compose-url': 'http://m.example/c' }, ['compose-url', 'compose-sha256'], /needs its checksum/],
    [{ 'key-file': notKey }, ['key', 'key-file'], /only one of the two can be given$/],
    [{ key: '' }, ['key', 'key-file'], /one of the two is required to connect over SSH$/],
    [
      { 'jump-host': 'b', 'proxy-command': 'nc' },
      ['jump-host', 'proxy-command'],
      /only one way to the machine/,
    ],
    [{ 'jump-key': key }, ['jump-key', 'jump-host'], /no jump-host to use it for$/],
    [{ 'jump-passphrase': SECRET }, ['jump-passphrase', 'jump-host'], /no jump-host to use it for$/],
    [{ 'jump-host-fingerprint': 'x' }, ['jump-host-fingerprint', 'jump-host'], /no jump-host to use it for$/],
    [
      { 'jump-host': 'b', 'jump-passphrase': SECRET },
      ['jump-passphrase', 'jump-key'],
      /no jump-key that it could/,
    ],
    [
      { host: 'localhost', key: '', 'jump-host': 'b' },
      ['jump-host', 'key'],
      /host is this runner and no key/,
    ],
    [
      { host: '::1', key: '', 'proxy-command': 'nc' },
      ['proxy-command', 'key'],
      /host is this runner and no key/,
    ],
    [
      { 'min-throughput': '3', 'message-interval': '0.5' },
      ['min-throughput', 'message-interval'],
      /a message every 0\.5 s can never make 3 messages a second$/,
    ],
    [{ directory: 'a/.' }, ['project-name', 'directory'], /no project name can be derived from "a\/\."/],
    [{ mode: 'lint' }, ['compose-file', 'mode'], /mode lint judges a compose file: name one$/],
  ])('%# are both named: %j', (inputs, names, words) => {
    const error = refusal(inputs);
    expect(error.code).toBe('input-invalid');
    expect(error.message.startsWith(`${names.join(' and ')}: `)).toBe(true);
    expect(error.message).toMatch(words);
    expect(error.details).toEqual([]);
    expect(saidBy(error)).not.toContain(SECRET);
  });
});

describe('mode lint', () => {
  it('tells what is wrong with its inputs together with a missing compose file', () => {
    const error = refusal({ mode: 'lint', 'lint-level': 'strict', fix: 'yes', stack: 'kafka' });
    expect(error.details).toEqual([
      'stack: "kafka" is not one of: zookeeper, kraft',
      'lint-level: "strict" is not one of: error, warning, off',
      'fix: "yes" is neither true nor false',
      'compose-file and mode: mode lint judges a compose file: name one',
    ]);
    expect(error.message).toMatch(/^4 inputs are wrong\. /);
  });

  it('does not look at what is for a machine', () => {
    const inputs = { mode: 'lint', 'compose-file': 'kafka.yml', host: '', key: '', messages: 'ten' };
    expect(read(inputs)).toEqual({
      mode: 'lint',
      compose: { files: ['kafka.yml'], stack: 'zookeeper', lintLevel: 'error', fix: false },
    });
  });
});
