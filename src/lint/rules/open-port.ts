import type { Service } from '../../compose/reader/model.ts';
import { onAllInterfaces, type Port } from '../../compose/reader/ports.ts';
import { bindEdit, boundPort } from '../fixes/bind-edit.ts';
import { type IsForTheMachine, portsForTheMachine } from '../fixes/for-the-machine.ts';
import { openTo } from '../open-to.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { speaksOfHosts } from './published-internal-name.ts';

export const openPort: Rule = {
  id: 'open-port',
  title: 'A port without authentication, open to everybody',
  severity: 'warning',
  why: 'A port without an address is published on all addresses of the machine, past its firewall: Docker writes rules of its own. Whoever reaches the machine can then read and write every topic of a listener without authentication, change ZooKeeper, or run code through JMX or the debugger of Java. Judged are Kafka, ZooKeeper, the schema registry, Connect (whoever reaches it runs any connector), the REST proxy and ksqlDB, whose ways to authenticate are known, and JMX of the programs of Confluent. Of an image that the project builds, or that is not known, the variables for its listeners are taken at their word. A service on the network of the machine publishes nothing, whatever its `ports` say.',
  fix: 'Publish on 127.0.0.1 (`127.0.0.1:9092:9092`) and reach it from elsewhere through SSH. Where clients on other machines need the port, give it a listener with SASL or client certificates.',
  safeFix:
    'A listener of a broker is bound to 127.0.0.1 when it is advertised at `localhost`, no broker of the project advertises a name beyond the project, no comment stands beside the port, and none in the file speaks of a virtual machine or a tunnel. Clients elsewhere are sent to `localhost` by such brokers and cannot use the cluster today, so nobody is locked out. ZooKeeper, the registry, controllers and JMX answer other machines today, so for their ports there is only a proposal.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '9092:9092'
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:9092
    ports:
      - '127.0.0.1:9092:9092'
`,
  },
  check: context => {
    const isForTheMachine = portsForTheMachine(context);
    // Docker discards the ports of a service on the network of the machine.
    const publishing = context.model.services.filter(({ networkMode }) => networkMode !== 'host');
    return publishing.flatMap(service =>
      service.ports
        .filter(onAllInterfaces)
        .flatMap(port => problemOf(service, port, context, isForTheMachine)),
    );
  },
};

function problemOf(
  service: Service,
  port: Port,
  context: LintContext,
  isForTheMachine: IsForTheMachine,
): Problem[] {
  const open = openTo(service, port, context);
  if (open === undefined) return [];
  const { place } = port;
  const message = `${open.what} on ${where(port)} is open to everybody who reaches the machine, without authentication.`;
  if (open.elsewhere !== undefined) {
    const hint = `Clients on other machines use it as ${open.elsewhere}: ${open.remedy}, or put a firewall in front of the machine.`;
    return [{ place, cause: `${open.what} elsewhere`, message, hint }];
  }
  const source = context.sources.get(place.file);
  const edit = source && isForTheMachine(service, port) ? bindEdit(port, source) : undefined;
  // The brokers of a cluster are alike: one decision, told once with its places.
  const found = { place, cause: open.what, message };
  if (edit) return [{ ...found, hint: 'Publish it on 127.0.0.1.', edits: [edit] }];
  if (open.inside !== undefined && !speaksOfHosts(source)) {
    const hint = `Do not publish it: clients are sent on to ${open.inside}, which only containers of the project know, and these need no published port.`;
    return [{ ...found, cause: `${open.what} inside`, hint }];
  }
  if (open.isForNodes) {
    const hint = 'Do not publish it: no client uses it, and the nodes reach each other without.';
    return [{ ...found, hint }];
  }
  const hint = 'Publish it on 127.0.0.1, unless clients on other machines use it.';
  return [{ ...found, hint, proposal: boundPort(port) }];
}

function where({ published, target }: Port): string {
  const { from, to } = published ?? target;
  const shown = from === to ? `port ${from}` : `ports ${from}-${to}`;
  return published ? shown : `${shown} of the container, at a port of the machine that Docker picks,`;
}
