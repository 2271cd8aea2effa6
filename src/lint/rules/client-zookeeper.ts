import type { Bootstrap } from '../../compose/kafka/bootstrap.ts';
import { type ClientSetting, clientSettings } from '../../compose/kafka/clients.ts';
import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import { nameFault } from '../kafka-address.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const clientZookeeper: Rule = {
  id: 'client-zookeeper',
  title: 'A client that looks for ZooKeeper in the wrong place',
  severity: 'error',
  why: 'In the container of a client `localhost` is that container, and between containers ZooKeeper answers on its own port, not on the one that is published. Judged are the Kafka managers that read `ZK_HOSTS`.',
  fix: "Name ZooKeeper's service and its client port.",
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  manager:
    image: hlebalbau/kafka-manager:3.0.0.5
    environment:
      ZK_HOSTS: localhost:2181
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  manager:
    image: hlebalbau/kafka-manager:3.0.0.5
    environment:
      ZK_HOSTS: zookeeper:2181
`,
  },
  check: context =>
    context.model.services
      .flatMap(clientSettings)
      .filter(({ target, isKnown }) => target === 'zookeeper' && isKnown)
      .flatMap(setting => problemsOf(setting, context)),
};

/** A client tries the addresses in turn: it fails only when all of them lead nowhere. */
function problemsOf({ service, program, addresses }: ClientSetting, context: LintContext): Problem[] {
  const { zookeepers } = context.kafka;
  const known = zookeepers.flatMap(each =>
    each.clientPort === undefined ? [] : [`${each.service.name}:${each.clientPort}`],
  );
  const hint =
    known.length > 0 ? `Write ${known.join(',')}.` : "Name ZooKeeper's service and its client port.";
  const problems = addresses.flatMap((address): Problem[] => {
    // Without a ZooKeeper in the project its name may be one of another file.
    const isElsewhere = zookeepers.length === 0 && !isLoopback(address.host);
    const message =
      (isElsewhere
        ? undefined
        : nameFault(address, service, `${program} finds itself`, 'ZooKeeper', context)) ??
      (service.networkMode === undefined ? portFault(address, context) : undefined);
    const proposal = known.join(',') || undefined;
    return message === undefined ? [] : [{ place: address.text.place, message, hint, proposal }];
  });
  return problems.length === addresses.length ? problems : [];
}

function portFault({ host, port }: Bootstrap, { kafka, model }: LintContext): string | undefined {
  const service = serviceNamed(model, host);
  const clientPort = kafka.zookeepers.find(each => each.service === service)?.clientPort;
  if (clientPort === undefined || clientPort === port || service?.networkMode !== undefined) return undefined;
  return `"${host}" listens on port ${clientPort}, not on ${port}.`;
}
