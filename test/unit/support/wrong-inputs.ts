import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InputName, RawInputs } from '../../../src/config/inputs.ts';
import { makeKey } from './ssh-keys.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const folder = temporaryFolder();
export const key = makeKey('ed25519').privateKey;
const locked = makeKey('ed25519', 'the right one').privateKey;
export const notKey = join(folder, 'no-key.pem');
const blank = join(folder, 'blank.pem');
writeFileSync(notKey, 'NOT-A-KEY-9f8e7d6c\n');
writeFileSync(blank, ' \n');

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
/** Stands for what must never be shown. */
export const SECRET = 'Q7xJ2vKp9LmT4wZr8';
const keys = (beside: RawInputs = {}): Wrong[] => [
  { values: [SECRET], allowed: /no "-----BEGIN … PRIVATE KEY-----" line/, beside },
  {
    values: [`-----BEGIN RSA PRIVATE KEY-----\n${SECRET}`],
    allowed: /before its "-----END … PRIVATE/,
    beside,
  },
  {
    values: [`-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----`],
    allowed: /it is damaged: something in the middle is missing/,
    beside,
  },
  { values: [`ssh-ed25519 AAAA${SECRET}`], allowed: /the public half of a key/, beside },
  { values: [`PuTTY-User-Key-File-3: ${SECRET}`], allowed: /a PuTTY key/, beside },
];

const SECURED: RawInputs = { mode: 'smoke-test', 'bootstrap-servers': 'kafka.example:9093' };

/** What is shown of a list is the item that is wrong. */
const SEVERAL = { beside: { stack: 'kraft' }, shows: '', because: 'only an item of the list is wrong' };
const THREE: RawInputs = { host: 'a,b,c', stack: 'kraft' };

/** Every input that can be wrong by itself. */
export const WRONG: Readonly<Partial<Record<InputName, readonly Wrong[]>>> = {
  host: [
    { values: [''], allowed: /^host: the name or address of the machine is required/ },
    {
      values: ['-o', '[::1', '[a]', '1.2.3', 'a..b', 'a:b', '@a'],
      allowed: /is not a host name or an IP address, without user, port or "ssh:\/\/"$/,
    },
    {
      values: ['a b', 'a;b'],
      allowed: /is not one host name or IP address; several machines are given one a line, or with commas$/,
    },
    { values: ['a,b', 'a\nb', 'u@a:22, [::1]:22'], allowed: /^host: 2 machines make no quorum/, ...SEVERAL },
    {
      values: ['a:b,c,d', '@a,c,d', 'a:0,c,d', 'a:65536,c,d'],
      allowed: /is not of the form host, user@host or user@host:port$/,
      ...SEVERAL,
    },
    { values: ['ssh://a,b,c'], allowed: /"ssh:\/\/a" is a URL; give a$/, ...SEVERAL },
    { values: ['a,b,a'], allowed: /^host: "a" is there more than once$/, ...SEVERAL },
    {
      values: ['ssh://machine.example', 'machine.example/a'],
      allowed: /is a URL; give host machine\.example$/,
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
    { values: ['/no/such/key'], allowed: /cannot be read on the runner: it ENOENT/, beside: { key: '' } },
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
      allowed:
        /^known-hosts: line 1: @cert-authority is not supported; pin the host key itself: ssh-keyscan HOST$/,
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
      values: ['bastion:0', 'bastion:65536', 'a@b@c', 'bastion:22:22', '@bastion'],
      allowed: /is not of the form user@host or user@host:port$/,
    },
    { values: ['a b'], allowed: /is not one host name or IP address/ },
    { values: ['ssh://bastion'], allowed: /is a URL; give bastion$/ },
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
  'private-addresses': [
    {
      values: ['10.0.1', 'kafka-1', '::1', '10.0.0.1:9092'],
      allowed: /is not an IPv4 address$/,
      beside: THREE,
    },
    {
      values: ['10.0.0.1,10.0.0.2,10.0.0.1'],
      allowed: /"10\.0\.0\.1" is there more than once$/,
      ...SEVERAL,
      beside: THREE,
    },
  ],
  racks: [
    {
      values: ['zone/a', '-a', 'a$b', 'x'.repeat(65)],
      allowed: /not the name of a rack: up to 64 letters, digits, dots, dashes and underscores$/,
      beside: THREE,
    },
  ],
  controllers: [{ values: ['1', '4', 'three'], allowed: /is not one of: 3, 5$/, beside: THREE }],
  parallel: [
    { values: ['2', '0', '257', 'all'], allowed: /is not a whole number from 3 to 256$/, beside: THREE },
  ],
  rebalance: flags.map(each => ({ ...each, beside: THREE })),
  'rebalance-throttle': [
    {
      values: ['99999', '10000000001', '16MB', '1e7', '-1'],
      allowed: /is not a whole number from 100000 to 10000000000$/,
      beside: THREE,
    },
  ],
  'remove-hosts': [
    {
      values: ['root@', 'ssh://d', 'd:99999', '"d"', '$HOST', '-d', 'd e'],
      allowed:
        /is not of the form host, user@host or user@host:port$|is a URL; give d$|has quotes around it|is a placeholder|is not one host name/,
      beside: THREE,
    },
  ],
  replace: [
    {
      values: ['10.0.0.9', '10.0.0.9=', '=a', 'x=y=z'],
      allowed: /is not of the form OLD=NEW$/,
      beside: THREE,
    },
    {
      values: ['x y=10.0.0.1'],
      shows: '"x y"',
      allowed: /is not one host name or IP address/,
      beside: THREE,
    },
  ],
  mode: [
    {
      values: ['Deploy', 'destroy', 'deploy,plan', 'Lint'],
      allowed: /is not one of: deploy, smoke-test, plan, down, lint$/,
    },
  ],
  stack: [
    {
      values: ['kafka', 'Zookeeper', 'zookeeper,kraft'],
      allowed: /is not one of: zookeeper, kraft, kraft-single$/,
    },
  ],
  'lint-level': [{ values: ['errors', 'none', 'Error'], allowed: /is not one of: error, warning, off$/ }],
  fix: flags,
  'allow-host-access': flags,
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
  'unused-for': [
    {
      values: ['7', '0h', '0d', '366d', '30m', '1w', '1.5d', '7 d', '-1d', '9999999d'],
      allowed: /is not a number of hours or days from 1h to 365d, such as 12h or 7d$/,
      beside: { environment: '*', mode: 'down' },
    },
  ],
  'update-packages': flags,
  release: [
    {
      values: ['newest', '2023', '2023.10', '2024.1.20260202', '2023.10.2026', 'latest ;x'],
      allowed: /is not a release of Amazon Linux 2023 such as 2023\.10\.20260202, or latest$/,
    },
  ],
  'http-proxy': [
    {
      values: ['proxy.example:3128', 'https://proxy.example', 'socks5://proxy.example', 'http://'],
      allowed: /it is not an http address such as http:\/\/proxy\.example:3128$/,
      ...{ shows: '', because: 'it may hold a password' },
    },
    {
      values: [`http://user:${SECRET}/x@proxy.example`, `http://user:${SECRET}@proxy.example/x`],
      allowed: /is written %2F, @ is %40, # is %23, \? is %3F and % is %25$/,
      ...{ shows: '', because: 'it holds a password' },
    },
    {
      values: [`http://user:%${SECRET}@proxy.example`],
      allowed: /holds a % that begins no number such as %40; it is written %25$/,
      ...{ shows: '', because: 'it holds a password' },
    },
  ],
  'no-proxy': [
    {
      values: ['http://a', 'a b;c', '10.0.0.0/x'],
      allowed: /is no name, address or range such as internal\.example, \.example or 10\.0\.0\.0\/8$/,
      beside: { 'http-proxy': 'http://proxy.example:3128' },
      ...{ shows: '', because: 'only the entry that is wrong is told' },
    },
  ],
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
  'image-registry': [
    {
      values: [
        'mirror.example/',
        'mirror.example/Docker',
        'mirror.example:x',
        'a b',
        'mirror.example/x:1',
        '-m.example',
      ],
      allowed: /is not a registry as it stands before the name of an image: its host, with a port or a path/,
    },
    {
      values: ['mirror', 'mirror/docker-hub'],
      allowed: /: Docker takes mirror for an owner on Docker Hub, since a registry has a dot or a port/,
    },
    { values: ['https://mirror.example/x/'], allowed: /is a URL; give mirror\.example\/x$/ },
    {
      values: [`user:${SECRET}@mirror.example`],
      allowed: /it is not a registry as it stands/,
      ...{ shows: '', because: 'it holds a password' },
    },
  ],
  'registry-username': [
    {
      values: ['a b', 'a:b'],
      allowed: /is not a user name: it has no white space and no colon$/,
      beside: { 'image-registry': 'mirror.example', 'registry-password': SECRET },
    },
  ],
  topics: [
    { values: ['or/ders', '..', ':6'], allowed: /is not a topic name: up to 249 letters/ },
    { values: ['a:0', 'a:x', 'a:1:0'], allowed: /not a whole number from 1 to (1000|100)$/ },
    { values: ['a b'], allowed: /is not of the form SETTING=VALUE, e\.g\. retention\.ms=60000$/ },
  ],
  schemas: [
    { values: ['orders', '=a.avsc', 'a ='], allowed: /is not of the form SUBJECT=FILE/ },
    { values: ['orders=a.txt', 'orders=avsc'], allowed: /ends neither in \.avsc \(Avro\) nor in/ },
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
  'client-properties': [
    {
      values: [SECRET, `-----BEGIN PRIVATE KEY-----\n${SECRET}`],
      allowed: /line 1 holds no property \(NAME=VALUE\)/,
      beside: SECURED,
    },
    {
      values: [`security.protocol=${SECRET}.${SECRET}`],
      allowed: /security\.protocol is something else, not one of: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL$/,
      beside: SECURED,
    },
    {
      values: ['sasl.kerberos.service.name=kafka'],
      allowed: /sasl\.kerberos\.service\.name is not supported: Kerberos \(GSSAPI\) is not supported$/,
      beside: SECURED,
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
export const ANY_TEXT: Readonly<Partial<Record<InputName, { values: readonly string[]; reason: string }>>> = {
  'proxy-command': {
    values: ['nc %h %p', '$(', 'é | "'],
    reason: 'only the shell on the runner knows what a command is; one that fails is `proxy-command-failed`',
  },
  'compose-file': {
    values: ['kafka.yml', 'a b.yml\n\nc.yml', '/no/such'],
    reason: 'a path shows to be wrong when it is read: `compose-file-unreadable`',
  },
  'registry-password': {
    values: [''],
    reason: 'only the registry knows: `registry-login-refused`; without a user it contradicts the inputs',
  },
  'job-status': { values: ['success', 'x'], reason: 'the runner sets it, for the post step' },
};
