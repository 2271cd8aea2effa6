/** What a client's address leads to. */
export type ClientTarget = 'kafka' | 'zookeeper' | 'registry' | 'connect' | 'ksqldb';

/** A program that connects to Kafka, to ZooKeeper or to the registry, and the variables that tell it where. */
export interface ClientImage {
  /** As messages call it. */
  readonly program: string;
  readonly repositories: readonly string[];
  /** By what they lead to; the value of each is a list of addresses, of URLs for what answers HTTP. */
  readonly variables: Readonly<Partial<Record<ClientTarget, RegExp>>>;
  /** Without this variable's "true" the user's browser goes there, not the container. */
  readonly proxy?: string;
  /** All that it listens on, where no setting says otherwise. */
  readonly ports?: readonly number[];
}

/**
 * Client images by the variables that they read.
 * Sources: the `ensure` and `configure` scripts in confluentinc/kafka-images, kafka-rest-images, ksql-images and
 * control-center-images; docker-entrypoint.sh in debezium/container-images; docker/run.sh in lensesio/schema-registry-ui and
 * lensesio/kafka-connect-ui; the documentation of each program.
 */
export const CLIENT_IMAGES: readonly ClientImage[] = [
  {
    program: 'Kafka Connect',
    repositories: [
      'confluentinc/cp-kafka-connect',
      'confluentinc/cp-kafka-connect-base',
      'confluentinc/cp-server-connect',
      'confluentinc/cp-server-connect-base',
      'cnfldemos/cp-server-connect-datagen',
    ],
    variables: {
      kafka: /^CONNECT_BOOTSTRAP_SERVERS$/,
      registry: /^CONNECT_(?:KEY|VALUE)_CONVERTER_SCHEMA_REGISTRY_URL$/,
    },
    ports: [8083],
  },
  {
    program: 'Debezium',
    repositories: ['debezium/connect', 'debezium/connect-base'],
    variables: {
      kafka: /^BOOTSTRAP_SERVERS$/,
      registry: /^CONNECT_(?:KEY|VALUE)_CONVERTER_SCHEMA_REGISTRY_URL$/,
    },
  },
  {
    program: 'The REST proxy',
    repositories: ['confluentinc/cp-kafka-rest'],
    ports: [8082],
    variables: {
      kafka: /^KAFKA_REST_BOOTSTRAP_SERVERS$/,
      registry: /^KAFKA_REST_SCHEMA_REGISTRY_URL$/,
    },
  },
  {
    program: 'ksqlDB',
    repositories: [
      'confluentinc/cp-ksqldb-server',
      'confluentinc/ksqldb-server',
      'confluentinc/cp-ksql-server',
    ],
    ports: [8088],
    variables: {
      kafka: /^KSQL_BOOTSTRAP_SERVERS$/,
      registry: /^KSQL_KSQL_SCHEMA_REGISTRY_URL$/,
      connect: /^KSQL_KSQL_CONNECT_URL$/,
    },
  },
  {
    program: 'Control Center',
    repositories: [
      'confluentinc/cp-enterprise-control-center',
      'confluentinc/cp-enterprise-control-center-next-gen',
    ],
    variables: {
      kafka: /^CONTROL_CENTER_BOOTSTRAP_SERVERS$/,
      registry: /^CONTROL_CENTER_SCHEMA_REGISTRY_URL$/,
      connect: /^CONTROL_CENTER_CONNECT_(?:[\w-]+_)?CLUSTER$/,
      ksqldb: /^CONTROL_CENTER_KSQL_(?:[\w-]+_)?URL$(?<!ADVERTISED_URL)/,
    },
    ports: [9021],
  },
  {
    program: 'The MQTT proxy',
    repositories: ['confluentinc/cp-kafka-mqtt'],
    variables: { kafka: /^KAFKA_MQTT_BOOTSTRAP_SERVERS$/ },
  },
  {
    // Spring reads bootstrapServers from BOOTSTRAPSERVERS and from BOOTSTRAP_SERVERS.
    program: 'Kafka UI',
    repositories: ['provectuslabs/kafka-ui', 'kafbat/kafka-ui'],
    ports: [8080],
    variables: {
      kafka: /^KAFKA_CLUSTERS_\d+_BOOTSTRAP_?SERVERS$/,
      registry: /^KAFKA_CLUSTERS_\d+_SCHEMA_?REGISTRY$/,
      connect: /^KAFKA_CLUSTERS_\d+_KAFKA_?CONNECT_\d+_ADDRESS$/,
      ksqldb: /^KAFKA_CLUSTERS_\d+_KSQLDB_?SERVER$/,
    },
  },
  {
    program: 'Kafdrop',
    repositories: ['obsidiandynamics/kafdrop'],
    ports: [9000],
    variables: { kafka: /^KAFKA_BROKERCONNECT$/, registry: /^SCHEMAREGISTRY_CONNECT$/ },
  },
  {
    program: 'AKHQ',
    repositories: ['tchiotludo/akhq'],
    variables: {},
    ports: [8080, 28081],
  },
  {
    program: 'Redpanda Console',
    repositories: ['redpandadata/console', 'vectorized/console', 'cloudhut/kowl'],
    ports: [8080],
    variables: {
      kafka: /^KAFKA_BROKERS$/,
      registry: /^KAFKA_SCHEMAREGISTRY_URLS$/,
      connect: /^CONNECT_CLUSTERS_\d+_URL$/,
    },
  },
  {
    program: 'Conduktor',
    repositories: ['conduktor/conduktor-console', 'conduktor/conduktor-platform'],
    variables: {
      kafka: /^CDK_CLUSTERS_\d+_BOOTSTRAPSERVERS$/,
      registry: /^CDK_CLUSTERS_\d+_SCHEMAREGISTRY_URL$/,
    },
  },
  {
    program: 'Apicurio Registry',
    repositories: ['apicurio/apicurio-registry-kafkasql'],
    variables: { kafka: /^KAFKA_BOOTSTRAP_SERVERS$/ },
  },
  {
    program: 'The registry UI',
    repositories: ['landoop/schema-registry-ui', 'lensesio/schema-registry-ui'],
    variables: { registry: /^SCHEMAREGISTRY_URL$/ },
    proxy: 'PROXY',
  },
  {
    program: 'The Connect UI',
    repositories: ['landoop/kafka-connect-ui', 'lensesio/kafka-connect-ui'],
    variables: { connect: /^CONNECT_URL$/ },
    proxy: 'PROXY',
  },
  {
    program: 'The Kafka manager',
    repositories: ['hlebalbau/kafka-manager', 'sheepkiller/kafka-manager', 'kafkamanager/kafka-manager'],
    variables: { zookeeper: /^ZK_HOSTS$/ },
  },
];

/** Names of variables that say to a program of any kind where Kafka is. */
export const ANY_BOOTSTRAP =
  /bootstrap[-_.]*servers?$|(?:^|_)KAFKA_(?:BROKERS?|BROKER_(?:LIST|URLS?|ADDRESS(?:ES)?|CONNECT)|BINDER_BROKERS)$/i;

/** Other names in which Kafka stands for the whole cluster: `KAFKA_URL`, `ConsumerOptions__KafkaServer`. */
export const KAFKA_ITSELF =
  /kafka[-_.]*(?:urls?|uris?|hosts?|servers?|address(?:es)?|endpoints?|brokers?)[-_.]*\d*$/i;

/** Names of variables that speak of something else at a broker's address, or of a wait for its port alone. */
export const NOT_KAFKA =
  /jmx|metric|zoo|zk|wait|depend|ready|check|health|exporter|agent|monitor|prom|rest|registry|ksql|http|admin|listener|advertised|controller|voters|quorum/i;
