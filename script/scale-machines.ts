import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { answersOf } from './scale/answers.ts';
import { type Broker, KafkaCluster, serveRegistry } from './scale/kafka.ts';
import { clusterOf } from './scale/machines.ts';
import { SshMachine } from './scale/ssh-machine.ts';

/**
 * Stands for COUNT machines, until it is ended: `node script/scale-machines.ts COUNT up|down`, with a cluster that runs or with none.
 * Prints as JSON how to come in. It ends by itself when it is asked what it does not know.
 */
const [count, state] = process.argv.slice(2);
const key = newKey();
const blob = Buffer.from(key.public.split(' ')[1] ?? '', 'base64');
const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
const delays = { roundTripMs: 20, commandMs: 20 };
const cluster = clusterOf(Number(count), state === 'up');
const brokers = cluster
  .flatMap(({ brokerPorts }) => brokerPorts)
  .map((port, index): Broker => ({ id: index + 1, port }));
const kafka = new KafkaCluster(brokers);
const machines = cluster.map(machine => {
  const services = new Map(machine.brokerPorts.map(port => [port, (each: Duplex) => kafka.serve(each)]));
  if (machine.registryPort !== undefined) services.set(machine.registryPort, serveRegistry);
  return new SshMachine(key.private, answersOf(machine), services, delays);
});
const ports = await Promise.all(machines.map(machine => machine.listen()));
console.log(JSON.stringify({ ports, fingerprint, key: key.private }));

/** Of the keys that ssh2 makes some are malformed, as it says itself when it reads them. */
function newKey() {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
