import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import { isLoopback } from '../../compose/kafka/listeners.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { SourceText } from '../../compose/reader/place.ts';
import type { Port } from '../../compose/reader/ports.ts';
import type { LintContext } from '../rule.ts';

/** What a port on 127.0.0.1 answers to: `localhost` may be ::1 first, and clients then try 127.0.0.1. */
const REACHED = ['localhost', '127.0.0.1'];

/** Whether nobody beyond the machine can use a port of a service today. */
export type IsForTheMachine = (service: Service, port: Port) => boolean;

/**
 * A port is for the machine alone when a broker answers at it, and sends whoever asks to the machine itself. Anything else that
 * answers (ZooKeeper, the registry, JMX) may have users elsewhere of whom the file says nothing.
 */
export function portsForTheMachine(context: LintContext): IsForTheMachine {
  if (!isLocal(context)) return () => false;
  const silent = [...context.sources].filter(
    ([, source]) => !speaksOfElsewhere(source) && !hasOtherListeners(source, context),
  );
  const sources = new Map(silent);
  return (service, port) => {
    const source = sources.get(port.place.file);
    return (
      source !== undefined &&
      service.ports.length <= MOST_PORTS &&
      sendsToTheMachine(service, port, context) &&
      !hasComment(port.place.start, source)
    );
  };
}

function sendsToTheMachine(
  service: Service,
  { target, published, address }: Port,
  { kafka }: LintContext,
): boolean {
  // A port that Docker picks is not the one that is advertised, and [::] has clients that know no 127.0.0.1.
  if (!published || target.from !== target.to || (address !== undefined && address !== '0.0.0.0'))
    return false;
  const node = kafka.nodes.find(each => each.service === service);
  const listener = node?.listeners?.find(({ port }) => port === target.from);
  const told = node?.advertised?.find(({ name }) => name === listener?.name);
  // Whoever sets the variable has clients elsewhere.
  const isWritten = node?.settings.get('advertised.listeners')?.value.contentStart !== undefined;
  return (
    isWritten && node?.isBroker === true && told !== undefined && REACHED.includes(told.host.toLowerCase())
  );
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

/** A line that is switched off for now and tells clients elsewhere where to go: the file is for either. */
function hasOtherListeners({ text }: SourceText, { model }: LintContext): boolean {
  const off = text.split('\n').filter(line => /^\s*#.*ADVERTISED_(?:LISTENERS|HOST_?NAME)/.test(line));
  const hosts = off.flatMap(line =>
    [...line.matchAll(/:\/\/([^\s:,"'/]+):\d/g)].map(([, host = '']) => host),
  );
  return hosts.some(host => !isLoopback(host) && serviceNamed(model, host) === undefined);
}

/** A longer list is left to people. */
const MOST_PORTS = 100;
/** Lines above a port that are searched for a comment. */
const MOST_LINES = 100;

/** A comment beside a port, in its list or above it, may say who uses it: that is for people to read. */
function hasComment(offset: number, source: SourceText): boolean {
  let at = offset;
  for (let lines = 0; lines < MOST_LINES; lines++) {
    const start = source.lineStart(at);
    const line = source.text.slice(start, source.lineEnd(at));
    if (lines > 0 && !/^\s*(#|-|ports:)/.test(line)) return false;
    if (/(^|\s)#/.test(line)) return true;
    if (start === 0) return false;
    at = start - 1;
  }
  return true;
}
