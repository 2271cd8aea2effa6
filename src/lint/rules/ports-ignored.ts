import type { Service } from '../../compose/reader/model.ts';
import { valueAt } from '../../compose/reader/value.ts';
import type { Problem, Rule } from '../rule.ts';

export const portsIgnored: Rule = {
  id: 'ports-ignored',
  title: 'Ports that are not published',
  severity: 'warning',
  why: "With `network_mode: host` a container has no network of its own. What it listens on is open on the machine itself, under the container's own port numbers, and Docker discards `ports`: a mapping to another port or to 127.0.0.1 has no effect.",
  fix: 'Take `ports` out, and bind the program itself to the address and port that are meant (`KAFKA_LISTENERS`). Or take `network_mode` out, so that the ports are published as they stand.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    network_mode: host
    ports: ['127.0.0.1:9092:9092']
`,
    good: `services:
  app:
    image: busybox:1.37
    ports: ['127.0.0.1:9092:9092']
`,
  },
  check: ({ model }) => model.services.flatMap(problemOf),
};

function problemOf({ name, networkMode, ports, whole }: Service): Problem[] {
  const [first] = ports;
  if (networkMode !== 'host' || !first || !valueAt(whole, 'ports')) return [];
  const message = `"${name}" is on the network of the machine, where Docker discards its ports: it listens on its own ones, on every address that it is told to.`;
  return [
    { place: first.place, cause: 'host', message, hint: 'Take the ports out, or take network_mode out.' },
  ];
}
