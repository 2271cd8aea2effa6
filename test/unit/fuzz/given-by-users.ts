import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { parseConfig } from '../../../src/config/config.ts';
import { INPUT_NAMES, type RawInputs } from '../../../src/config/inputs.ts';
import { asksForLint, parseLint } from '../../../src/config/task.ts';
import { ActionError } from '../../../src/errors.ts';
import { parseFingerprints, parseKnownHosts } from '../../../src/host/ssh/host-keys.ts';
import { readPrivateKey } from '../../../src/host/ssh/private-key.ts';
import { hostile, hostileText } from './mutations.ts';
import { type Target, target } from './target.ts';

/** An Error with words of ours is for users; a TypeError, a RangeError and the like are faults of ours. */
function refusedOr<Input>(take: (input: Input) => unknown): (input: Input) => unknown {
  return input => {
    try {
      take(input);
    } catch (error) {
      const isForUsers =
        error instanceof ActionError ? error.code !== 'internal' : error?.constructor === Error;
      if (!isForUsers) throw error;
    }
  };
}

const { private: ed25519, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
const locked = ssh2.utils.generateKeyPairSync('ed25519', {
  passphrase: 'p',
  cipher: 'aes256-ctr',
  rounds: 1,
});
const pem = { type: 'pkcs8', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: pem,
}).privateKey;
const knownHosts = `[203.0.113.7]:2222,*.example.org ${publicKey}\n|1|c2FsdHNhbHRzYWx0c2FsdHM=|aGFzaGhhc2hoYXNoaGFzaGhhc2g= ${publicKey}\n@revoked * ${publicKey}\n`;
const fingerprints = `SHA256:${'a'.repeat(43)}, 2048 SHA256:${'B'.repeat(43)} root@host (RSA)\n${'ab:'.repeat(15)}ab`;

/** Texts that are right for some input, for every input. */
const RIGHT = [
  ...[
    '203.0.113.7',
    'a.example.org',
    '[::1]',
    'u@h:22',
    '22',
    '0',
    '1.5',
    'true',
    'deploy',
    'latest',
    'v2.40.3',
  ],
  ...['docker_exp', '/home/u/x', 'a/b.yml', 'https://example.org/compose', 'localhost:19092,localhost:29092'],
  ...['host,runner', 'pr-42', 'error', 'nc %h %p', knownHosts, fingerprints, ed25519, 'ab'.repeat(32)],
];
const inputs = fc
  .array(fc.tuple(fc.constantFrom(...INPUT_NAMES), hostile(...RIGHT)), { maxLength: 12 })
  .map(entries => Object.fromEntries([['host', 'h'], ['key', ed25519], ...entries]) as RawInputs);

/** What people write into inputs, or paste. */
export const GIVEN_BY_USERS: readonly Target[] = [
  target({
    name: 'the inputs',
    input: fc.tuple(inputs, hostileText),
    take: refusedOr(([raw, file]) => (asksForLint(raw) ? parseLint(raw) : parseConfig(raw, () => file))),
    runs: 400,
  }),
  target({ name: 'known-hosts', input: hostile(knownHosts), take: refusedOr(parseKnownHosts), runs: 2_000 }),
  target({
    name: 'fingerprints',
    input: hostile(fingerprints),
    take: refusedOr(parseFingerprints),
    runs: 3_000,
  }),
  target({
    name: 'a private key',
    input: fc.tuple(hostile(ed25519, locked.private, rsa), fc.constantFrom('', 'p')),
    take: refusedOr(([key, passphrase]) => readPrivateKey(key, passphrase)),
    runs: 300,
  }),
];
