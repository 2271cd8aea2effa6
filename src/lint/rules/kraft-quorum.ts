import { isUnknownHost, networkSpace, serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { controllerPorts, isWrapped, type KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { variableFor } from '../../compose/kafka/kafka-settings.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
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
  const setting = node.settings.get('controller.quorum.voters');
  if (!setting || setting.value.unresolved.length > 0) return [];
  const voters = splitText(setting.value, ',').flatMap((text): Voter[] => {
    const match = /^(\d+)@(\[[^\]]*\]|[^:]+):(\d{1,5})$/.exec(text.text);
    return match ? [{ id: Number(match[1]), host: match[2] ?? '', port: Number(match[3]), text }] : [];
  });
  const problems = voters.flatMap(voter => {
    const message = voterProblem(voter, node, voters, context);
    return message === undefined ? [] : [{ place: voter.text.place, cause: message, message, hint: HINT }];
  });
  const { isController, id, service } = node;
  if (isController && id && voters.length > 0 && !voters.some(voter => voter.id === id.number)) {
    const variable = setting.variable || variableFor(setting.key, node.family);
    const message = `The controller "${service.name}" has the number ${id.number}, which ${variable} does not name: it does not start.`;
    problems.push({ place: id.text.place, cause: message, message, hint: HINT });
  }
  return problems;
}

function voterProblem(
  voter: Voter,
  node: KafkaNode,
  voters: readonly Voter[],
  context: LintContext,
): string | undefined {
  const { host } = voter;
  const { model, kafka } = context;
  if (node.service.networkMode !== undefined || (isLoopback(host) && sharesNetwork(node, context)))
    return sharedNetworkProblem(voter, node, context);
  if (isUnknownHost(model, node.service, host))
    return isMeantHere(voters, voter, context) ? `No service of the project is called "${host}".` : undefined;
  const service = isLoopback(host) ? node.service : serviceNamed(model, host);
  const controller = kafka.nodes.find(each => each.service === service);
  return controller && controllerProblem(voter, controller, node);
}

/**
 * In a command before the image's start script: what may give it other roles or voters. A script that is run cannot, one that is
 * read into the shell can.
 */
const MAY_CHANGE_ROLES = /roles|voters|controller|\bsource\s|(?:^|[\s;&'"])\.\s/i;

function controllerProblem(
  { id, host, port }: Voter,
  controller: KafkaNode,
  node: KafkaNode,
): string | undefined {
  if (!controller.complete && !isWrapped(controller, MAY_CHANGE_ROLES)) return undefined;
  // Roles that are not written may be the image's own: the first images of Bitnami with KRaft were controllers by default.
  const roles = controller.settings.get('process.roles')?.value;
  if (!roles || roles.unresolved.length > 0) return undefined;
  if (!controller.isController)
    return isLoopback(host)
      ? `Inside the container ${host} is the container itself, and "${node.service.name}" is no controller.`
      : `"${host}" is no controller: its ${variableFor('process.roles', controller.family)} do not say so.`;
  // A node that another number is given for is told so at its own number.
  if (controller !== node && controller.id && controller.id.number !== id)
    return `The controller "${host}" has the number ${controller.id.number}, not ${id}.`;
  return portProblem(port, host, controller);
}

function portProblem(port: number, host: string, controller: KafkaNode): string | undefined {
  const ports = controllerPorts(controller);
  if (!ports || ports.includes(port)) return undefined;
  return `The controller "${host}" listens on port ${ports.join(', ')}, not on ${port}.`;
}

const sharesNetwork = (node: KafkaNode, { model, kafka }: LintContext): boolean =>
  kafka.nodes.some(
    other => other !== node && networkSpace(other.service, model) === networkSpace(node.service, model),
  );

/** Containers on one network have one localhost; a name there is one of the machine's, of which nothing is known. */
function sharedNetworkProblem(
  { id, host, port }: Voter,
  node: KafkaNode,
  { model, kafka }: LintContext,
): string | undefined {
  const space = networkSpace(node.service, model);
  if (space === undefined || !isLoopback(host)) return undefined;
  const controller = kafka.nodes.find(
    each => each.id?.number === id && networkSpace(each.service, model) === space,
  );
  return controller?.complete ? portProblem(port, controller.service.name, controller) : undefined;
}

/**
 * True when a voter that no service is called can be nothing but a mistake. It may also be another machine, for which this file or one
 * like it is used: then its controllers are published or advertised under the names of the machines.
 */
function isMeantHere(
  voters: readonly Voter[],
  { host, id, port }: Voter,
  { model, kafka }: LintContext,
): boolean {
  const owner = (voter: number) =>
    kafka.nodes.find(node => node.isController && node.id?.number === voter)?.service;
  if (voters.every(voter => owner(voter.id))) {
    const isAdvertised = kafka.nodes.some(({ advertised }) => advertised?.some(each => each.host === host));
    const service = owner(id);
    return service !== undefined && isClosed(service, port) && !isAdvertised;
  }
  // Fewer than a majority are here, and who is elsewhere cannot reach them.
  const here = voters.flatMap(voter => {
    const service = serviceNamed(model, voter.host);
    return service ? [{ service, port: voter.port }] : [];
  });
  const isMinority = here.length > 0 && here.length * 2 <= voters.length;
  return isMinority && here.every(each => isClosed(each.service, each.port));
}

/** True when nobody reaches a port of a service from another machine. */
const isClosed = ({ ports, portsComplete, networkMode }: Service, port: number): boolean =>
  portsComplete &&
  networkMode === undefined &&
  !ports.some(({ target, published }) => published && target.from <= port && port <= target.to);
