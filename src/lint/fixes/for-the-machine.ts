import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { SourceText } from '../../compose/reader/place.ts';
import type { Port } from '../../compose/reader/ports.ts';
import type { LintContext } from '../rule.ts';

/** What a port on 127.0.0.1 answers to: `localhost` may be ::1 first, and clients then try 127.0.0.1. */
const REACHED = ['localhost', '127.0.0.1'];

/**
 * True when nobody beyond the machine can use a port today: a broker answers at it, and sends whoever asks to the machine itself.
 * Anything else that answers (ZooKeeper, the registry, JMX) may have users elsewhere of whom the file says nothing.
 */
export function isForTheMachine(
  service: Service,
  { target, published, address, place }: Port,
  source: SourceText,
  context: LintContext,
): boolean {
  // A port that Docker picks is not the one that is advertised, and [::] has clients that know no 127.0.0.1.
  if (!published || target.from !== target.to || (address !== undefined && address !== '0.0.0.0'))
    return false;
  const node = context.kafka.nodes.find(each => each.service === service);
  const listener = node?.listeners?.find(({ port }) => port === target.from);
  const told = node?.advertised?.find(({ name }) => name === listener?.name);
  if (!node?.isBroker || !told || !REACHED.includes(told.host.toLowerCase())) return false;
  return isLocal(context) && !hasComment(place.start, source) && !speaksOfElsewhere(source);
}

/** True when all brokers say that their clients are on the machine or in the project. */
function isLocal({ kafka, model }: LintContext): boolean {
  const brokers = kafka.nodes.filter(({ isBroker }) => isBroker);
  return brokers.every(
    ({ advertised }) =>
      advertised?.some(({ host }) => isLoopback(host)) &&
      advertised.every(
        ({ host }) => isLoopback(host) || host === '' || serviceNamed(model, host) !== undefined,
      ),
  );
}

/** Where a port of a virtual machine is forwarded, or one behind a bastion, `localhost` is another machine's. */
const ELSEWHERE =
  /\b(vm|vms|vagrant|virtual|virtualbox|tunnel|tunnels|forward|forwarded|forwarding|bastion|remote|remotely)\b/i;

function speaksOfElsewhere({ text }: SourceText): boolean {
  return text.split('\n').some(line => line.includes('#') && ELSEWHERE.test(line.slice(line.indexOf('#'))));
}

/** A comment beside a port, in its list or above it, may say who uses it: that is for people to read. */
function hasComment(offset: number, source: SourceText): boolean {
  const lineAt = (at: number) => source.text.slice(source.lineStart(at), source.lineEnd(at));
  let at = offset;
  while (/^\s*(#|-|ports:)/.test(lineAt(at)) || at === offset) {
    if (/(^|\s)#/.test(lineAt(at))) return true;
    const start = source.lineStart(at);
    if (start === 0) return false;
    at = start - 1;
  }
  return false;
}
