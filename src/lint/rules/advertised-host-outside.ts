import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback, type Listener } from '../../compose/kafka/listeners.ts';
import { unknownNames } from '../advertised-hosts.ts';
import { leadsTo } from '../published-ports.ts';
import type { LintContext, Rule } from '../rule.ts';

export const advertisedHostOutside: Rule = {
  id: 'advertised-host-outside',
  title: 'A broker advertises a name that nobody in the project has',
  severity: 'warning',
  why: 'Clients go to the address that a broker advertises. A name without a dot that no service, container or alias has is found only where a name server or a list of hosts knows a machine of that name: containers and other machines often do not. A published listener beside one for containers or for the machine is taken to be for machines that know the name.',
  fix: 'Advertise the name of the service to containers, and `localhost` or the full name of the machine to clients outside.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://myhost:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://myhost.example.org:9092
`,
  },
  check: context =>
    unknownNames(context)
      .filter(({ users, node, listener }) => users === undefined && !isForOthers(node, listener, context))
      .map(({ node: { service }, listener: { name, host, text } }) => ({
        place: text.place,
        message: `"${service.name}" advertises "${host}" for ${name}, which no service, host name or alias of the project is: clients find it only if it is a machine that they know.`,
        hint: `Advertise "${service.name}" to containers, and localhost or the machine's full name to others.`,
      })),
};

/** Published, beside a listener for containers or the machine: then it is for machines that know the name. */
function isForOthers(
  { service, listeners, advertised, controllerNames }: KafkaNode,
  { name, host }: Listener,
  { model }: LintContext,
): boolean {
  const bound = listeners?.find(listener => listener.name === name);
  const isPublished = bound && service.ports.some(port => leadsTo(port, bound.port));
  const others = advertised?.filter(each => each.host !== host && !controllerNames.includes(each.name));
  return (
    isPublished === true &&
    (others ?? []).some(each => isLoopback(each.host) || serviceNamed(model, each.host) !== undefined)
  );
}
