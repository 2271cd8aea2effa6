import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const CONFLUENTS = 'io.confluent.metrics.reporter.ConfluentMetricsReporter';
const found = (image: string, reporters: string, more = '', variable = 'KAFKA_METRIC_REPORTERS') => {
  const text = `services:
  kafka:
    image: ${image}
${more}    environment:
      KAFKA_ZOOKEEPER_CONNECT: z.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      ${variable}: ${reporters}
`;
  return lintCompose([{ path: 'compose.yml', text }]).flatMap(({ ruleId, place, hint }) =>
    ruleId === 'image-setting-refused' ? [`${text.slice(place.start, place.end)} - ${hint}`] : [],
  );
};
const told = `${CONFLUENTS} - Take KAFKA_METRIC_REPORTERS out, or use confluentinc/cp-server.`;

describe("Confluent Server's metrics reporter", () => {
  it.each<[string, string[], Parameters<typeof found>]>([
    ['is not in cp-kafka', [told], ['confluentinc/cp-kafka:7.9.2', CONFLUENTS]],
    ['is not in apache/kafka', [told], ['apache/kafka:3.9.0', CONFLUENTS]],
    ['is in cp-server', [], ['confluentinc/cp-server:7.9.2', CONFLUENTS]],
    ['is in cp-enterprise-kafka', [], ['confluentinc/cp-enterprise-kafka:5.5.0', CONFLUENTS]],
    ['is not every reporter', [], ['confluentinc/cp-kafka:7.9.2', 'org.example.Reporter']],
    [
      'may be mounted',
      [],
      ['confluentinc/cp-kafka:7.9.2', CONFLUENTS, '    volumes: ["./libs:/usr/share/java/kafka"]\n'],
    ],
    [
      'is not in the data',
      [told],
      ['confluentinc/cp-kafka:7.9.2', CONFLUENTS, '    volumes: ["./data:/var/lib/kafka/data"]\n'],
    ],
    ['may be built in', [], ['confluentinc/cp-kafka:7.9.2', CONFLUENTS, '    build: .\n']],
    [
      'may be fetched by a command',
      [],
      ['confluentinc/cp-kafka:7.9.2', CONFLUENTS, '    command: ./start.sh\n'],
    ],
    ['may be in a mirror of somebody', [], ['example.org/cp-kafka:7.9.2', CONFLUENTS]],
    [
      'is not asked for by a variable that nothing reads',
      [],
      ['confluentinc/cp-kafka:7.9.2', CONFLUENTS, '', 'KAFKA_METRICS_REPORTERS'],
    ],
  ])('%s', (_, expected, args) => expect(found(...args)).toEqual(expected));
});
