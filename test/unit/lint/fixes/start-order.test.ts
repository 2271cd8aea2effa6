import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../../src/lint/fixes/fix.ts';

const fix = (text: string) => {
  const { files, fixed, remaining } = fixCompose([{ path: 'compose.yml', text }]);
  return {
    text: files[0]?.text ?? '',
    diff: files[0]?.diff ?? '',
    fixed: fixed.map(({ ruleId }) => ruleId),
    remaining,
  };
};

/** What changed, line by line. */
const changes = (text: string) =>
  fix(text)
    .diff.split('\n')
    .filter(line => /^[-+](?![-+])/.test(line));

const KAFKA = `  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
    tmpfs: /var/lib/kafka
`;

describe('start order', () => {
  const app = (dependsOn: string, more = '') =>
    `services:\n${KAFKA}${more}  app:\n    image: danielqsj/kafka-exporter:v1.9.0\n${dependsOn}`;
  const dependsOnAfter = (text: string) =>
    fix(text).text.split('  app:\n    image: danielqsj/kafka-exporter:v1.9.0\n')[1];
  it.each<[string, string, string]>([
    [
      'a list',
      '    depends_on:\n      - kafka\n',
      '    depends_on:\n      kafka:\n        condition: service_healthy\n',
    ],
    [
      'a list with comments',
      '    depends_on:\n      # first\n      - kafka # then\n    restart: "no"\n',
      '    depends_on:\n      # first\n      kafka: # then\n        condition: service_healthy\n    restart: "no"\n',
    ],
    [
      'a list as far out as its key',
      '    depends_on:\n    - kafka\n',
      '    depends_on:\n      kafka:\n        condition: service_healthy\n',
    ],
    [
      'a list in brackets',
      '    depends_on: [kafka]\n',
      '    depends_on: { kafka: { condition: service_healthy } }\n',
    ],
    [
      'a list without a line break at its end',
      '    depends_on:\n      - kafka',
      '    depends_on:\n      kafka:\n        condition: service_healthy',
    ],
  ])('%s', (_, dependsOn, expected) => {
    const text = app(dependsOn);
    expect(dependsOnAfter(text)).toBe(expected);
    expect(fix(text).text).toContain(
      '    tmpfs: /var/lib/kafka\n    healthcheck:\n      test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/localhost/9092"]\n',
    );
  });

  it('keeps what else is depended on', () => {
    const text = app('    depends_on:\n      - db\n      - kafka\n', '  db:\n    image: postgres:17\n');
    expect(dependsOnAfter(text)).toBe(
      '    depends_on:\n      db:\n        condition: service_started\n      kafka:\n        condition: service_healthy\n',
    );
  });

  it.each<[string, string]>([
    [
      'an image without a check that is known to work',
      'services:\n  kafka:\n    image: apache/kafka:4.1.1\n    tmpfs: /tmp\n  app:\n    image: danielqsj/kafka-exporter:v1.9.0\n    depends_on: [kafka]\n',
    ],
    [
      'a service in braces',
      `services:\n  z: { image: "confluentinc/cp-kafka:7.9.2", tmpfs: /var/lib/kafka, environment: { KAFKA_ZOOKEEPER_CONNECT: "z.example.org", KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://z:9092" } }\n  app:\n    image: danielqsj/kafka-exporter:v1.9.0\n    depends_on: [z]\n`,
    ],
    [
      'a check that is switched off',
      app('    depends_on: [kafka]\n').replace('    tmpfs', '    healthcheck: { disable: true }\n    tmpfs'),
    ],
    [
      'a check that cannot pass',
      app('    depends_on: [kafka]\n').replace(
        '    tmpfs',
        '    healthcheck: { test: "echo ruok | nc localhost 2181 | grep imok" }\n    tmpfs',
      ),
    ],
    [
      'a check of which nothing is known',
      app('    depends_on: [kafka]\n').replace(
        '    tmpfs',
        '    healthcheck: { test: "/check.sh" }\n    tmpfs',
      ),
    ],
  ])('leaves the order to its author for %s', (_, text) => {
    const { text: fixed, remaining } = fix(text);
    expect(fixed).toBe(text);
    const [finding, ...others] = remaining.filter(({ ruleId }) => ruleId !== 'healthcheck-fails');
    expect([finding?.ruleId, finding?.proposal, others]).toEqual([
      'depends-on-without-health',
      undefined,
      [],
    ]);
  });

  it('proposes only for what the project builds: it may do without Kafka', () => {
    const text = app('    depends_on: [kafka]\n').replace(
      'image: danielqsj/kafka-exporter:v1.9.0',
      'build: .\n    command: kafka:9092',
    );
    const [finding] = fix(text).remaining;
    expect(fix(text).text).toBe(text);
    expect(finding?.proposal).toMatch(
      /^depends_on:\n {2}kafka:\n {4}condition: service_healthy\n# kafka:\n {4}healthcheck:\n/,
    );
  });

  it('uses a check that is there', () => {
    const text = app('    depends_on: [kafka]\n').replace(
      '    tmpfs',
      '    healthcheck: { test: "true" }\n    tmpfs',
    );
    expect(changes(text)).toEqual([
      '-    depends_on: [kafka]',
      '+    depends_on: { kafka: { condition: service_healthy } }',
    ]);
  });

  it('puts the check below a text of several lines', () => {
    const text = app('    depends_on: [kafka]\n').replace(
      '    tmpfs: /var/lib/kafka\n',
      '    tmpfs: /var/lib/kafka\n    labels:\n      note: |\n        one\n        two\n\n',
    );
    expect(fix(text).text).toContain('        two\n    healthcheck:\n');
    expect(fix(text).remaining).toEqual([]);
  });

  it('changes an anchor once, for everyone who uses it', () => {
    const text = `services:\n${KAFKA}  a: &app\n    image: danielqsj/kafka-exporter:v1.9.0\n    depends_on:\n      - kafka\n  b:\n    <<: *app\n`;
    expect(fix(text).fixed).toEqual(['depends-on-without-health']);
    expect(changes(text).filter(line => line.includes('condition'))).toHaveLength(1);
  });

  it('keeps the line breaks of the file', () => {
    const text = app('    depends_on:\n      - kafka\n').replaceAll('\n', '\r\n');
    expect(fix(text).text.replaceAll('\r\n', '')).not.toContain('\n');
  });
});
