import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const broker = (name: string, image: string, more: readonly string[] = []) =>
  [
    `  ${name}:`,
    `    image: ${image}`,
    '    environment:',
    `      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://${name}:9092`,
    ...more.map(line => `      ${line}`),
  ].join('\n');
const found = (rule: string, ...services: string[]) =>
  lintCompose([{ path: 'compose.yml', text: `services:\n${services.join('\n')}\n` }])
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ place, also = [], hint }) => [[place, ...also].map(({ line }) => line).join(), hint] as const);

describe('a mistake that was copied from broker to broker', () => {
  it.each<[string, string, RegExp]>([
    [
      'before KRaft',
      'confluentinc/cp-kafka:7.3.2',
      /^Set KAFKA_ZOOKEEPER_CONNECT, or name an image from 7\.4 on/,
    ],
    ['long before KRaft', 'confluentinc/cp-kafka:5.5.0', /name an image from 7\.4 on/],
    ['with both', 'confluentinc/cp-kafka:7.4.0', /or for KRaft KAFKA_PROCESS_ROLES, KAFKA_NODE_ID/],
    ['with KRaft alone', 'confluentinc/cp-kafka:8.1.1', /^Set KAFKA_PROCESS_ROLES, KAFKA_NODE_ID/],
  ])('is told once, of an image %s', (_, image, hint) => {
    const all = found('kraft-setting-missing', broker('a', image), broker('b', image));
    expect(all.map(([lines]) => lines)).toEqual(['4,8']);
    expect(all[0]?.[1]).toMatch(hint);
  });

  it('is another one where another setting is missing', () => {
    const image = 'confluentinc/cp-kafka:8.1.1';
    const all = found('kraft-setting-missing', broker('a', image), broker('b', image, ['KAFKA_NODE_ID: 2']));
    expect(all.map(([lines]) => lines)).toEqual(['4', '8']);
  });

  it('is told once of the listener among brokers', () => {
    const wrong = ['KAFKA_INTER_BROKER_LISTENER_NAME: OTHER', 'KAFKA_ZOOKEEPER_CONNECT: z.example.org:2181'];
    const image = 'confluentinc/cp-kafka:7.9.2';
    const all = found('inter-broker-listener-missing', broker('a', image, wrong), broker('b', image, wrong));
    expect(all).toEqual([['6,12', 'Set KAFKA_INTER_BROKER_LISTENER_NAME to PLAINTEXT.']]);
  });
});

describe('a client and a broker with no network in common', () => {
  const text = (program: string, variable: string, network: string) => `services:
${broker('kafka', 'confluentinc/cp-kafka:7.9.2', ['KAFKA_ZOOKEEPER_CONNECT: z.example.org:2181'])}
  client:
    image: ${program}
    networks: [${network}]
    environment:
      SCHEMA_REGISTRY_HOST_NAME: client
      ${variable}: kafka:9092
networks: { other: {} }
`;
  const hints = (...args: Parameters<typeof text>) =>
    lintCompose([{ path: 'compose.yml', text: text(...args) }])
      .filter(({ severity }) => severity === 'error')
      .map(({ ruleId, hint }) => `${ruleId}: ${hint}`);

  it.each([
    ['client-bootstrap', 'kafbat/kafka-ui:v1.3.0', 'KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS'],
    [
      'registry-bootstrap',
      'confluentinc/cp-schema-registry:7.9.2',
      'SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS',
    ],
  ])('are to be put into one (%s)', (rule, program, variable) => {
    const hint =
      'Put "client" and "kafka" into one network: name the same one under "networks" of both, or under none.';
    expect(hints(program, variable, 'other')).toEqual([`${rule}: ${hint}`]);
    expect(hints(program, variable, 'default')).toEqual([]);
  });
});
