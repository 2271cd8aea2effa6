import type { Duplex } from 'node:stream';
import { type ISocketFactory, type ISocketFactoryArgs, Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { Host } from '../host/host.ts';
import { loopback } from '../host/loopback.ts';
import type { Logger } from '../log.ts';
import { readEveryCodec } from './codecs/codecs.ts';
import { tellCreationReasons } from './creation-reasons.ts';
import { HostSocket } from './host-socket.ts';
import { passBatchesThrough } from './records/kafkajs-batches.ts';

/** Makes Kafka clients, so that tests can bring a cluster of their own. */
export interface KafkaClients {
  /**
   * A client of a cluster.
   * @param brokers `HOST:PORT` of those that it asks first
   * @param retries how often what fails is tried again: five times take five seconds and more
   */
  of(brokers: readonly string[], retries?: number): Kafka;
  /** A client whose connections all lead to this one broker, whichever kafkajs asks for. */
  onlyTo(address: string): Kafka;
  /** The same clients, which tell another log what they do. */
  loggingTo(log: Logger): KafkaClients;
}

/**
 * Kafka clients whose connections are made by the machine: the addresses that the brokers advertise there
 * (`localhost:19092`) mean the machine's own, whoever the runner is.
 */
export function kafkaClients(host: Host, log: Logger): KafkaClients {
  readEveryCodec();
  tellCreationReasons();
  passBatchesThrough();
  return {
    of: (brokers, retries) => newKafka(brokers, log, (address, port) => host.dial(address, port), retries),
    onlyTo: address => {
      const separator = address.lastIndexOf(':');
      const [name, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
      return newKafka([address], log, () => host.dial(loopback(name), port));
    },
    loggingTo: other => kafkaClients(host, other),
  };
}

function newKafka(
  brokers: readonly string[],
  log: Logger,
  dial: (address: string, port: number) => Promise<Duplex>,
  retries = 5,
): Kafka {
  // The factory must return a socket at once; kafkajs's types ask for a net.Socket but it only uses a Duplex.
  const socketFactory = (({ host: address, port, onConnect }: ISocketFactoryArgs) =>
    new HostSocket(() => dial(loopback(address), port), onConnect)) as unknown as ISocketFactory;
  return new Kafka({
    clientId: 'kafka-al2023-action',
    brokers: [...brokers],
    socketFactory,
    connectionTimeout: 5_000,
    // A broker that hangs is given up, and another one asked, while the smoke test still has time.
    requestTimeout: 15_000,
    retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries },
    logLevel: logLevel.WARN,
    logCreator: () => entry => log.debug(describe(entry)),
  });
}

function describe({ namespace, log: { message, error } }: LogEntry): string {
  return `kafkajs ${namespace}: ${message}${error ? ` (${error})` : ''}`;
}
