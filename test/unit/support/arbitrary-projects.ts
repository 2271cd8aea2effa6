import fc from 'fast-check';

const SERVICE_KEYS = [
  'image',
  'environment',
  'env_file',
  'ports',
  'volumes',
  'depends_on',
  'healthcheck',
  'deploy',
  'mem_limit',
  'networks',
  'profiles',
  'command',
  'entrypoint',
  'container_name',
  'hostname',
  'extends',
  'restart',
  'tmpfs',
  'extra_hosts',
  'network_mode',
  'build',
  'x-any',
  '<<',
  '__proto__',
  'constructor',
  'valueOf',
];
const TEXTS = [
  'confluentinc/cp-kafka:latest',
  'confluentinc/cp-kafka:7.9.2',
  'confluentinc/cp-kafka:8.1.1',
  'apache/kafka',
  'apache/kafka:3.9.0',
  'confluentinc/cp-zookeeper',
  'confluentinc/cp-schema-registry:7.9.2',
  'bitnami/kafka:3',
  'PLAINTEXT://a:9092',
  'PLAINTEXT://localhost:9092,B://0.0.0.0:1',
  '1@a:9093',
  'a',
  'b',
  '9092:9092',
  '9000-9010:80',
  '127.0.0.1:1:1/udp',
  '[::1]:1:1',
  '99999:1',
  '-',
  ':',
  '://',
  ',',
  '@',
  '=',
  'A=1',
  `\${A}`,
  `\${A:-b}`,
  `\${A:?m}`,
  '${',
  '$',
  '$$',
  'service_healthy',
  'broker,controller',
  'zookeeper:2181',
  '-Xmx1g',
  '512m',
  '',
  ' ',
  '\u0000',
  'é\u{1F600}',
];
const VARIABLES = [
  'KAFKA_NODE_ID',
  'KAFKA_BROKER_ID',
  'KAFKA_PROCESS_ROLES',
  'KAFKA_LISTENERS',
  'KAFKA_ADVERTISED_LISTENERS',
  'KAFKA_ADVERTISED LISTENERS',
  'KAFKA_ZOOKEEPER_CONNECT',
  'KAFKA_CONTROLLER_QUORUM_VOTERS',
  'KAFKA_CONTROLLER_LISTENER_NAMES',
  'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP',
  'KAFKA_INTER_BROKER_LISTENER_NAME',
  'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR',
  'KAFKA_HEAP_OPTS',
  'KAFKA_LOG_DIRS',
  'CLUSTER_ID',
  'SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS',
  'SCHEMA_REGISTRY_HOST_NAME',
  'ZOOKEEPER_CLIENT_PORT',
  'KAFKA_',
  'KAFKA_X',
  '__proto__',
];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'grapheme' }));
const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)) },
);
/** Of every type, everywhere: what a schema would refuse as well as what it would take. */
export const anything = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          ...SERVICE_KEYS,
          ...VARIABLES,
          'target',
          'published',
          'host_ip',
          'condition',
          'service',
          'file',
        ),
        fc.string(),
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;
const environment = fc.oneof(
  fc.dictionary(fc.constantFrom(...VARIABLES), scalar),
  fc.array(
    fc.tuple(fc.constantFrom(...VARIABLES), text).map(([name, value]) => `${name}=${value}`),
    { maxLength: 8 },
  ),
  anything,
);
export const service = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 5,
    arbitrary: fc
      .record(
        {
          image: fc.oneof(text, anything),
          environment,
          ports: fc.array(fc.oneof(scalar, anything), { maxLength: 3 }),
          depends_on: anything,
          volumes: anything,
        },
        { requiredKeys: ['image'] },
      )
      .chain(base =>
        fc
          .dictionary(fc.constantFrom(...SERVICE_KEYS), anything, { maxKeys: 3 })
          .map(more => ({ ...more, ...base })),
      ),
  },
);
export const project = fc.record(
  {
    services: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'kafka'), service, { maxKeys: 4 }),
      },
      { weight: 1, arbitrary: anything },
    ),
    version: anything,
    volumes: anything,
    networks: anything,
    include: anything,
  },
  { requiredKeys: ['services'] },
);
