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

const ZOOKEEPER = `  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    tmpfs: /var/lib/zookeeper
`;

describe('start order', () => {
  const app = (dependsOn: string, more = '') =>
    `services:\n${ZOOKEEPER}${more}  app:\n    image: busybox:1.37\n${dependsOn}`;
  const dependsOnAfter = (text: string) => fix(text).text.split('  app:\n    image: busybox:1.37\n')[1];
  it.each<[string, string, string]>([
    [
      'a list',
      '    depends_on:\n      - zookeeper\n',
      '    depends_on:\n      zookeeper:\n        condition: service_healthy\n',
    ],
    [
      'a list with comments',
      '    depends_on:\n      # first\n      - zookeeper # then\n    restart: "no"\n',
      '    depends_on:\n      # first\n      zookeeper: # then\n        condition: service_healthy\n    restart: "no"\n',
    ],
    [
      'a list as far out as its key',
      '    depends_on:\n    - zookeeper\n',
      '    depends_on:\n      zookeeper:\n        condition: service_healthy\n',
    ],
    [
      'a list in brackets',
      '    depends_on: [zookeeper]\n',
      '    depends_on: { zookeeper: { condition: service_healthy } }\n',
    ],
    [
      'the long form',
      '    depends_on:\n      zookeeper:\n        condition: service_started\n        restart: true\n',
      '    depends_on:\n      zookeeper:\n        condition: service_healthy\n        restart: true\n',
    ],
    [
      'a list without a line break at its end',
      '    depends_on:\n      - zookeeper',
      '    depends_on:\n      zookeeper:\n        condition: service_healthy',
    ],
  ])('%s', (_, dependsOn, expected) => {
    const text = app(dependsOn);
    expect(dependsOnAfter(text)).toBe(expected);
    expect(fix(text).text).toContain(
      '    tmpfs: /var/lib/zookeeper\n    healthcheck:\n      test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/localhost/2181"]\n',
    );
  });

  it('keeps what else is depended on', () => {
    const text = app('    depends_on:\n      - db\n      - zookeeper\n', '  db:\n    image: postgres:17\n');
    expect(dependsOnAfter(text)).toBe(
      '    depends_on:\n      db:\n        condition: service_started\n      zookeeper:\n        condition: service_healthy\n',
    );
  });

  it.each<[string, string]>([
    [
      'an image without a check that is known to work',
      'services:\n  kafka:\n    image: apache/kafka:4.1.1\n    tmpfs: /tmp\n  app:\n    image: busybox:1.37\n    depends_on: [kafka]\n',
    ],
    [
      'a service in braces',
      `services:\n  z: { image: "confluentinc/cp-zookeeper:7.9.2", tmpfs: /var/lib/zookeeper, environment: { ZOOKEEPER_CLIENT_PORT: 2181 } }\n  app:\n    image: busybox:1.37\n    depends_on: [z]\n`,
    ],
    [
      'a check that is switched off',
      app('    depends_on: [zookeeper]\n').replace(
        '    tmpfs',
        '    healthcheck: { disable: true }\n    tmpfs',
      ),
    ],
    [
      'a check that cannot pass',
      app('    depends_on: [zookeeper]\n').replace(
        '    tmpfs',
        '    healthcheck: { test: "echo ruok | nc localhost 2181 | grep imok" }\n    tmpfs',
      ),
    ],
    [
      'a check of which nothing is known',
      app('    depends_on: [zookeeper]\n').replace(
        '    tmpfs',
        '    healthcheck: { test: "/check.sh" }\n    tmpfs',
      ),
    ],
  ])('proposes only for %s', (_, text) => {
    const { text: fixed, remaining } = fix(text);
    expect(fixed).toBe(text);
    expect(remaining.filter(({ ruleId }) => ruleId !== 'healthcheck-fails')).toMatchObject([
      { ruleId: 'depends-on-without-health', proposal: 'condition: service_healthy' },
    ]);
  });

  it('uses a check that is there', () => {
    const text = app('    depends_on: [zookeeper]\n').replace(
      '    tmpfs',
      '    healthcheck: { test: "true" }\n    tmpfs',
    );
    expect(changes(text)).toEqual([
      '-    depends_on: [zookeeper]',
      '+    depends_on: { zookeeper: { condition: service_healthy } }',
    ]);
  });

  it('puts the check below a text of several lines', () => {
    const text = app('    depends_on: [zookeeper]\n').replace(
      '    tmpfs: /var/lib/zookeeper\n',
      '    tmpfs: /var/lib/zookeeper\n    labels:\n      note: |\n        one\n        two\n\n',
    );
    expect(fix(text).text).toContain('        two\n    healthcheck:\n');
    expect(fix(text).remaining).toEqual([]);
  });

  it('changes an anchor once, for everyone who uses it', () => {
    const text = `services:\n${ZOOKEEPER}  a: &app\n    image: busybox:1.37\n    depends_on:\n      - zookeeper\n  b:\n    <<: *app\n`;
    expect(fix(text).fixed).toEqual(['depends-on-without-health']);
    expect(changes(text).filter(line => line.includes('condition'))).toHaveLength(1);
  });

  it('keeps the line breaks of the file', () => {
    const text = app('    depends_on:\n      - zookeeper\n').replaceAll('\n', '\r\n');
    expect(fix(text).text.replaceAll('\r\n', '')).not.toContain('\n');
  });
});
