import { isUnknownHost, serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import { splitText, type Text } from '../../compose/reader/value.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const kraftQuorum: Rule = {
  id: 'kraft-quorum',
  title: 'The quorum names a controller that is not there',
  severity: 'error',
  why: '`KAFKA_CONTROLLER_QUORUM_VOTERS` lists every controller as `ID@HOST:PORT`. A controller whose number is not in it does not start; one that is listed under another number, name or port than it has is never found, and without a majority the cluster has no leader.',
  fix: "Give every controller's own node id, its service name, and the port of its controller listener.",
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 2
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: context =>
    context.kafka.nodes.filter(({ mode }) => mode === 'kraft').flatMap(node => problemsOf(node, context)),
};

interface Voter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly text: Text;
}

const HINT = 'Give each controller as NODE-ID@SERVICE:PORT, with the port of its controller listener.';

function problemsOf(node: KafkaNode, context: LintContext): Problem[] {
  const setting = node.settings.get('controller.quorum.voters')?.value;
  if (!setting || setting.unresolved.length > 0) return [];
  const voters = splitText(setting, ',').flatMap((text): Voter[] => {
    const match = /^(\d+)@(\[[^\]]*\]|[^:]+):(\d{1,5})$/.exec(text.text);
    return match ? [{ id: Number(match[1]), host: match[2] ?? '', port: Number(match[3]), text }] : [];
  });
  const problems = voters.flatMap(voter => {
    const message = voterProblem(voter, node, context);
    return message === undefined ? [] : [{ place: voter.text.place, message, hint: HINT }];
  });
  const { isController, id, service } = node;
  if (isController && id && voters.length > 0 && !voters.some(voter => voter.id === id.number)) {
    const message = `The controller "${service.name}" has the number ${id.number}, which KAFKA_CONTROLLER_QUORUM_VOTERS does not name: it does not start.`;
    problems.push({ place: id.text.place, message, hint: HINT });
  }
  return problems;
}

function voterProblem(
  { id, host, port }: Voter,
  node: KafkaNode,
  { model, kafka }: LintContext,
): string | undefined {
  if (isUnknownHost(model, node.service, host)) return `No service of the project is called "${host}".`;
  const service = isLoopback(host) ? node.service : serviceNamed(model, host);
  const controller = kafka.nodes.find(each => each.service === service);
  if (!controller?.complete) return undefined;
  if (!controller.isController)
    return isLoopback(host)
      ? `Inside the container ${host} is the container itself, and "${node.service.name}" is no controller.`
      : `"${host}" is no controller: its KAFKA_PROCESS_ROLES do not say so.`;
  // A node that another number is given for is told so at its own number.
  if (controller !== node && controller.id && controller.id.number !== id)
    return `The controller "${host}" has the number ${controller.id.number}, not ${id}.`;
  const ports = controller.listeners
    ?.filter(({ name }) => controller.controllerNames.includes(name))
    .map(each => each.port);
  if (!ports || ports.length === 0 || ports.includes(port)) return undefined;
  return `The controller "${host}" listens on port ${ports.join(', ')}, not on ${port}.`;
}
