import type { Duplex } from 'node:stream';
import {
  type Admin,
  type ISocketFactory,
  type ISocketFactoryArgs,
  Kafka,
  type LogEntry,
  logLevel,
  type SASLOptions,
} from 'kafkajs';
import type { Host } from '../host/host.ts';
import { loopback } from '../host/loopback.ts';
import type { Logger } from '../log.ts';
import { readEveryCodec } from './codecs/codecs.ts';
import { tellCreationReasons } from './creation-reasons.ts';
import { HostSocket } from './host-socket.ts';
import { passBatchesThrough } from './records/kafkajs-batches.ts';
import type { ClientSecurity } from './security/client-security.ts';
import { tellGroupRefusals } from './security/group-refusals.ts';
import { tellSaslRefusals } from './security/sasl-refusals.ts';
import { tlsOver } from './security/tls.ts';
import { explainTls } from './security/tls-errors.ts';

/** Connected admin clients that wait for whoever asks next, by the servers they were made for. */
export type IdleAdmins = Map<string, Admin[]>;

/** Makes Kafka clients, so that tests can bring a cluster of their own. */
export interface KafkaClients {
  /** What the cluster asks of its clients, for those that are not made here. */
  readonly security?: ClientSecurity;
  /**
   * A client of a cluster.
   * @param brokers `HOST:PORT` of those that it asks first
   * @param retries how often what fails is tried again: five times take five seconds and more
   */
  of(brokers: readonly string[], retries?: number): Kafka;
  /** A client whose connections all lead to this one broker, whichever kafkajs asks for. */
  onlyTo(address: string): Kafka;
  /** Admin clients that are shared, where they are: see `sharingAdmins`. */
  readonly idleAdmins?: IdleAdmins;
  /** The same clients, which tell another log what they do. */
  loggingTo(log: Logger): KafkaClients;
}

/**
 * Kafka clients whose connections are made by the machine: the addresses that the brokers advertise there
 * (`localhost:19092`) mean the machine's own, whoever the runner is.
 * @param security what the cluster asks of them: by default nothing
 */
export function kafkaClients(host: Host, log: Logger, security: ClientSecurity = {}): KafkaClients {
  readEveryCodec();
  tellCreationReasons();
  passBatchesThrough();
  tellSaslRefusals();
  tellGroupRefusals();
  const common = { log, security };
  return {
    security,
    of: (brokers, retries) =>
      newKafka(brokers, { ...common, dial: (address, port) => host.dial(loopback(address), port), retries }),
    onlyTo: address => {
      const separator = address.lastIndexOf(':');
      const [name, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
      return newKafka([address], { ...common, dial: () => host.dial(loopback(name), port), only: name });
    },
    loggingTo: other => kafkaClients(host, other, security),
  };
}

interface KafkaOptions {
  readonly log: Logger;
  readonly security: ClientSecurity;
  readonly dial: (address: string, port: number) => Promise<Duplex>;
  readonly retries?: number;
  /** The broker that answers, whichever kafkajs asks for. */
  readonly only?: string;
}

function newKafka(
  brokers: readonly string[],
  { log, security: { tls, sasl }, dial, retries = 5, only }: KafkaOptions,
): Kafka {
  const socket = ({ host: address, port, onConnect }: ISocketFactoryArgs) => {
    if (!tls) return new HostSocket(() => dial(address, port), onConnect);
    const open = async () => tlsOver(await dial(address, port), only ?? address, tls);
    return new HostSocket(open, onConnect, error =>
      explainTls(error, { peer: `broker ${address}:${port}`, tls }),
    );
  };
  // The factory must return a socket at once; kafkajs's types ask for a net.Socket but it only uses a Duplex.
  const socketFactory = socket as unknown as ISocketFactory;
  return new Kafka({
    clientId: 'kafka-al2023-action',
    brokers: [...brokers],
    socketFactory,
    ...(sasl ? { sasl: { ...sasl } as unknown as SASLOptions } : {}),
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
