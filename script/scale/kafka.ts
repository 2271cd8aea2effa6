import type { Duplex } from 'node:stream';
import { unknown } from './unknown.ts';

/** A broker, as clients are told of it. */
export interface Broker {
  readonly id: number;
  readonly port: number;
}

/** The topic that a plan looks for. */
const TOPIC = 'test-topic';
const SETTINGS = [
  ['min.insync.replicas', '2'],
  ['cleanup.policy', 'delete'],
] as const;
/** What is known of Kafka's protocol here: the number of a request, and the one version of it. */
const VERSIONS = {
  metadata: 2,
  offsetFetch: 2,
  findCoordinator: 0,
  apiVersions: 1,
  createTopics: 1,
  describeConfigs: 0,
};
const KEYS = {
  metadata: 3,
  offsetFetch: 9,
  findCoordinator: 10,
  apiVersions: 18,
  createTopics: 19,
  describeConfigs: 32,
};
type Api = keyof typeof KEYS;

/** As much of a Kafka cluster as a plan asks: all brokers are there, and the topic with all its replicas in sync. */
export class KafkaCluster {
  private readonly brokers: readonly Broker[];
  private readonly answers: Readonly<Record<Api, () => Buffer>>;

  constructor(brokers: readonly Broker[]) {
    this.brokers = brokers;
    const metadata = this.metadata();
    const [first] = brokers;
    const keys = Object.keys(KEYS) as Api[];
    const supported = keys.map(key => Buffer.concat([KEYS[key], VERSIONS[key], VERSIONS[key]].map(int16)));
    const settings = SETTINGS.map(([name, value]) =>
      Buffer.concat([string(name), string(value), Buffer.from([0, 0, 0])]),
    );
    const described = [int16(0), NONE, Buffer.from([2]), string(TOPIC), array(settings)];
    this.answers = {
      apiVersions: () => Buffer.concat([int16(0), array(supported), int32(0)]),
      metadata: () => metadata,
      findCoordinator: () =>
        Buffer.concat([int16(0), int32(first?.id ?? 0), string('localhost'), int32(first?.port ?? 0)]),
      offsetFetch: () => Buffer.concat([array([]), int16(0)]),
      // The action makes none: it asks whether it could.
      createTopics: () => array([]),
      describeConfigs: () => Buffer.concat([int32(0), array([Buffer.concat(described)])]),
    };
  }

  /** Answers what comes by a connection, until its end. */
  serve(connection: Duplex): void {
    let left = Buffer.alloc(0);
    connection.on('error', () => {});
    connection.on('end', () => connection.end());
    connection.on('data', (chunk: Buffer) => {
      left = Buffer.concat([left, chunk]);
      while (left.length >= 4 && left.length >= 4 + left.readInt32BE(0)) {
        const end = 4 + left.readInt32BE(0);
        connection.write(this.answer(left.subarray(4, end)));
        left = left.subarray(end);
      }
    });
  }

  private answer(request: Buffer): Buffer {
    const [key, version] = [request.readInt16BE(0), request.readInt16BE(2)];
    const api = (Object.keys(KEYS) as Api[]).find(each => KEYS[each] === key);
    if (api === undefined || (api !== 'apiVersions' && VERSIONS[api] !== version))
      return unknown(`a request of Kafka's protocol: key ${key}, version ${version}`);
    const answer = Buffer.concat([request.subarray(4, 8), this.answers[api]()]);
    return Buffer.concat([int32(answer.length), answer]);
  }

  /** All brokers, and the topic with a partition that each of them leads; of one topic or of all, it is the only one. */
  private metadata(): Buffer {
    const ids = this.brokers.map(({ id }) => id);
    const partitions = ids.map((leader, partition) => {
      const replicas = array([0, 1, 2].map(next => int32(ids[(partition + next) % ids.length] ?? 0)));
      return Buffer.concat([int16(0), int32(partition), int32(leader), replicas, replicas]);
    });
    const topic = Buffer.concat([int16(0), string(TOPIC), Buffer.from([0]), array(partitions)]);
    const brokers = this.brokers.map(({ id, port }) =>
      Buffer.concat([int32(id), string('localhost'), int32(port), NONE]),
    );
    return Buffer.concat([array(brokers), NONE, int32(ids[0] ?? 0), array([topic])]);
  }
}

const NONE = int16(-1);

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

const string = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const array = (items: readonly Buffer[]): Buffer => Buffer.concat([int32(items.length), ...items]);

const SUBJECTS = 'GET /subjects HTTP/1.1\r\n';

/** A schema registry without any schema. */
export function serveRegistry(connection: Duplex): void {
  connection.on('error', () => {});
  connection.on('end', () => connection.end());
  connection.once('data', (request: Buffer) => {
    if (!request.toString().startsWith(SUBJECTS)) unknown(`the schema registry: ${request.toString()}`);
    connection.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]');
  });
}
