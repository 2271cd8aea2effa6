import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { clusterOf } from './scale/answers.ts';
import { SshMachine } from './scale/ssh-machine.ts';

/** Stands for COUNT machines, until it is ended: `node script/scale-machines.ts COUNT`. Prints as JSON how to come in. */
const count = Number(process.argv[2]);
const key = newKey();
const blob = Buffer.from(key.public.split(' ')[1] ?? '', 'base64');
const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
const delays = { roundTripMs: 20, commandMs: 20 };
const machines = clusterOf(count).map(answer => new SshMachine(key.private, answer, delays));
const ports = await Promise.all(machines.map(machine => machine.listen()));
console.log(JSON.stringify({ ports, fingerprint, key: key.private }));

/** Of the keys that ssh2 makes some are malformed, as it says itself when it reads them. */
function newKey() {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
