import { knownImage, readImage } from '../../compose/kafka/images.ts';
import { isWildcard } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import { canPass } from '../health-checks/can-pass.ts';
import type { Edit, LintContext } from '../rule.ts';
import { insertBelow } from './edits.ts';

/**
 * Gives a service a health check that opens the port its clients use.
 * @returns no edits when it has a check already that is known to pass, undefined when no check is known to be right for it
 */
export function healthcheckEdit(name: string, context: LintContext): Edit[] | undefined {
  const service = context.model.services.find(each => each.name === name);
  if (!service) return undefined;
  if (service.healthcheck) return canPass(service, context).canPass === 'yes' ? [] : undefined;
  const port = portToCheck(service, context);
  const source = context.sources.get(service.block.place.file);
  if (port === undefined || !source || service.block.flow) return undefined;
  const { start, end } = service.block.place;
  const lastCharacter = start + source.text.slice(start, end).trimEnd().length - 1;
  const indent = ' '.repeat(service.block.place.column - 1);
  const lines = [
    'healthcheck:',
    `  test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/localhost/${port}"]`,
    '  interval: 2s',
    '  timeout: 5s',
    '  start_period: 60s',
    '  retries: 15',
  ];
  return [
    insertBelow(
      source,
      lastCharacter,
      lines.map(line => indent + line),
    ),
  ];
}

/** Only Confluent's images: they are known to have bash, and their start scripts listen on every address. */
function portToCheck(service: Service, { kafka }: LintContext): number | undefined {
  const image = service.image && readImage(service.image);
  if (!image || knownImage(image)?.family !== 'confluent' || service.ownCommand) return undefined;
  const zookeeper = kafka.zookeepers.find(each => each.service === service);
  if (zookeeper) return zookeeper.clientPort;
  const node = kafka.nodes.find(each => each.service === service);
  const listener =
    node?.listeners?.find(({ name }) => name === node.interBroker) ??
    node?.listeners?.find(({ name }) => !node.controllerNames.includes(name));
  return listener && (listener.host === '' || isWildcard(listener.host)) ? listener.port : undefined;
}
