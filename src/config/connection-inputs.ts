import { ActionError, reasonOf } from '../errors.ts';
import type { Connection } from '../host/connection.ts';
import {
  type HostTrust,
  type KnownHost,
  linesAbout,
  parseFingerprints,
  parseKnownHosts,
} from '../host/ssh/host-keys.ts';
import { readPrivateKey, type UsableKey } from '../host/ssh/private-key.ts';
import type { SshRoute, SshTarget } from '../host/ssh/target.ts';
import { machinesIn, parseHost, parseJumpAddress } from './address-inputs.ts';
import { type InputReader, shown } from './input-reader.ts';
import type { InputName } from './inputs.ts';

/**
 * The inputs that say how to reach the machine.
 *
 * @param readFile reads the file that `key-file` names; what it throws says why not, as what follows "it"
 */
export function parseConnection(input: InputReader, readFile: (path: string) => string): Connection {
  // Of several machines each is a target of its own, with all that is said here for the first.
  const [first, second] = machinesIn(input.text('host'));
  const host = second === undefined ? parseHost(input) : (first ?? '');
  const key = parseKey(input, readFile);
  const port = input.integer('port', { min: 1, max: 65_535 });
  const username = input.matching('username', /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/, {
    form: 'a user name: letters, digits, dots, dashes and underscores, starting with a letter or an underscore',
  });
  const trust: HostTrust = {
    fingerprints: parsePins(input, 'host-fingerprint', FINGERPRINTS),
    knownHosts: parsePins(input, 'known-hosts', KNOWN_HOSTS),
  };
  const jump = input.has('jump-host') ? parseJumpHost(input, key, trust) : undefined;
  const via = parseRoute(input, jump?.target);
  if (key === undefined && second === undefined && isThisMachine(host)) {
    const needsKey: InputName[] = ['jump-host', 'proxy-command'];
    for (const name of needsKey.filter(name => input.has(name))) {
      input.problem(
        [name, 'key'],
        'there is no SSH connection to carry: host is this runner and no key is given',
      );
    }
    return { kind: 'local' };
  }
  if (key === undefined && !input.has('key') && !input.has('key-file')) {
    input.empty(['key', 'key-file'], 'one of the two is required to connect over SSH, and both are empty');
  }
  const { privateKey, passphrase, repairs } = key ?? NO_KEY;
  return {
    kind: 'ssh',
    target: { host, port, username, privateKey, passphrase, trust, via },
    repairs: [...repairs, ...(jump?.repairs ?? [])],
  };
}

/** In place of a key that has a problem. */
const NO_KEY: UsableKey = { privateKey: '', passphrase: '', repairs: [] };

const isThisMachine = (host: string) => ['localhost', '127.0.0.1', '::1'].includes(host);

function parseKey(input: InputReader, readFile: (path: string) => string): UsableKey | undefined {
  if (input.has('key') && input.has('key-file')) {
    input.problem(['key', 'key-file'], 'only one of the two can be given');
    return undefined;
  }
  if (!input.has('key-file')) return readKey(input, 'key', 'passphrase', input.text('key'));
  const path = input.text('key-file');
  if (path.includes('-----BEGIN') || path.includes('\n')) {
    input.problem(['key-file'], 'it holds the text of a key, not a path; the input for the text is key');
    return undefined;
  }
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const home = path.startsWith('~') ? '; "~" is not replaced here: give the whole path' : '';
    input.problem(
      ['key-file'],
      `the file ${shown(path)} cannot be read on the runner: it ${reasonOf(error)}${home}`,
    );
    return undefined;
  }
  return readKey(input, 'key-file', 'passphrase', text, `the file ${shown(path)}: `);
}

function readKey(
  input: InputReader,
  name: InputName,
  passphraseName: InputName,
  text: string,
  where = '',
): UsableKey | undefined {
  if (text.trim() === '') {
    if (input.has(name)) input.problem([name], `${where}the key is empty`);
    return undefined;
  }
  try {
    const key = readPrivateKey(text, input.text(passphraseName));
    return { ...key, repairs: key.repairs.map(repair => `${name}: ${repair}`) };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const { code, hint, message } = error;
    if (code === 'key-passphrase' && !input.has(passphraseName)) input.empty([passphraseName], message, code);
    else if (code === 'key-passphrase') input.problem([passphraseName], message, { code, hint });
    else input.problem([name], `${where}${message}`, { code, hint });
    return undefined;
  }
}

function parseRoute(input: InputReader, jump: SshTarget | undefined): SshRoute | undefined {
  if (input.has('jump-host') && input.has('proxy-command')) {
    input.problem(['jump-host', 'proxy-command'], 'only one way to the machine can be given');
  }
  if (jump) return { kind: 'jump-host', target: jump };
  const needsJumpHost: InputName[] = ['jump-key', 'jump-passphrase', 'jump-host-fingerprint'];
  for (const name of needsJumpHost.filter(name => input.has(name))) {
    input.problem([name, 'jump-host'], `${name} is given, but no jump-host to use it for`);
  }
  if (!input.has('proxy-command')) return undefined;
  return { kind: 'proxy-command', command: input.text('proxy-command') };
}

function parseJumpHost(
  input: InputReader,
  key: UsableKey | undefined,
  trust: HostTrust,
): { target: SshTarget; repairs: readonly string[] } {
  const { host = '', user, port = 22 } = parseJumpAddress(input);
  const ownKey = input.has('jump-key');
  if (!ownKey && input.has('jump-passphrase')) {
    input.problem(
      ['jump-passphrase', 'jump-key'],
      'jump-passphrase is given, but no jump-key that it could open',
    );
  }
  const used = ownKey ? readKey(input, 'jump-key', 'jump-passphrase', input.text('jump-key')) : key;
  const { privateKey, passphrase, repairs } = used ?? NO_KEY;
  return {
    target: {
      host,
      port,
      username: user ?? input.text('username'),
      privateKey,
      passphrase,
      trust: parseJumpTrust(input, host, port, trust),
    },
    repairs: ownKey ? repairs : [],
  };
}

interface PinForm<T> {
  /** @throws Error saying what is wrong */
  readonly parse: (text: string) => T[];
  readonly form: string;
}
const FINGERPRINTS: PinForm<string> = { parse: parseFingerprints, form: 'SHA256:…' };
const KNOWN_HOSTS: PinForm<KnownHost> = {
  parse: parseKnownHosts,
  form: 'lines "host key-type base64-key", as ssh-keyscan prints them',
};

/** Pins that were meant to be given and hold nothing must not pass for "any key is accepted". */
function parsePins<T>(input: InputReader, name: InputName, { parse, form }: PinForm<T>): T[] {
  const before = input.problems.length;
  const pins = input.parsed(name, parse, []);
  if (input.has(name) && pins.length === 0 && input.problems.length === before) {
    input.problem([name], `${shown(input.text(name))} holds no host key; it takes ${form}`);
  }
  return pins;
}

/** known-hosts lines that speak only of the machine leave the jump host unpinned: the machine's own pin protects the run. */
function parseJumpTrust(
  input: InputReader,
  host: string,
  port: number,
  { knownHosts }: HostTrust,
): HostTrust {
  const fingerprints = parsePins(input, 'jump-host-fingerprint', FINGERPRINTS);
  return { fingerprints, knownHosts: linesAbout({ fingerprints, knownHosts }, host, port) };
}
