import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../src/lint/lint.ts';
import { RULES } from '../../../src/lint/rules.ts';
import { sarifLog } from '../../../src/lint/sarif.ts';

const TOOL = {
  name: 'kafka-al2023-action',
  version: '0.1.0',
  url: 'https://github.com/org/kafka-al2023-action',
};
const text = readFileSync('test/unit/lint/files/guide-section-2.yml', 'utf8');

interface Log {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly name: string;
          readonly rules: readonly {
            readonly id: string;
            readonly helpUri: string;
            readonly help: { readonly markdown: string };
          }[];
        };
      };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region: object;
            };
          },
        ];
        readonly partialFingerprints: Record<string, string>;
      }[];
    },
  ];
}
const logOf = (path: string, content: string) =>
  sarifLog(lintCompose([{ path, text: content }]), TOOL) as Log;

describe('a SARIF log', () => {
  const log = logOf('stacks/guide.yml', text);
  const findings = lintCompose([{ path: 'stacks/guide.yml', text }]);
  const [run] = log.runs;

  it('follows the schema of SARIF 2.1.0', () => {
    // The copy comes from the npm package @microsoft/jest-sarif 1.0.0-beta.0; it is of draft 4, whose id Ajv does not take.
    const { id, $schema, ...schema } = JSON.parse(
      readFileSync('test/unit/lint/files/sarif-2.1.0-rtm.5.json', 'utf8'),
    );
    const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    expect([id, $schema]).not.toContain(undefined);
    expect(validate(JSON.parse(JSON.stringify(log)))).toBe(true);
    expect(validate({ ...log, version: '2.0.0' })).toBe(false);
    expect(validate(JSON.parse(JSON.stringify(sarifLog([], TOOL))))).toBe(true);
  });

  it('explains every rule', () => {
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    for (const { id, helpUri, help } of run.tool.driver.rules) {
      expect(helpUri).toBe(`${TOOL.url}/blob/main/docs/rules.md#${id}`);
      expect(help.markdown).toContain('```yaml');
    }
  });

  it('has every finding with its rule, level and region', () => {
    expect(run.results).toHaveLength(findings.length);
    for (const { ruleId, ruleIndex } of run.results) expect(RULES[ruleIndex]?.id).toBe(ruleId);
    const registry = run.results.find(({ ruleId }) => ruleId === 'registry-bootstrap');
    expect(registry).toMatchObject({
      level: 'warning',
      message: { text: expect.stringContaining('localhost:29092') },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'stacks/guide.yml' },
            region: { startLine: 25, startColumn: 85, endLine: 25, endColumn: 121 },
          },
        },
      ],
    });
  });

  it('tells findings apart, and knows them again when lines come above', () => {
    const fingerprints = (each: Log) =>
      each.runs[0].results.map(({ partialFingerprints }) => partialFingerprints['kafkaComposeLint/v1']);
    expect(new Set(fingerprints(log)).size).toBe(findings.length);
    expect(fingerprints(logOf('stacks/guide.yml', `# Kafka\n\n${text}`))).toEqual(fingerprints(log));
  });

  it.each([
    ['./compose.yml', 'compose.yml'],
    ['my stack/ä.yml', 'my%20stack/%C3%A4.yml'],
    ['a\\b.yml', 'a/b.yml'],
  ])('names %s as a URI', (path, uri) => {
    expect(
      logOf(path, 'version: "3"\nservices: {a: {image: "x:1"}}\n').runs[0].results[0]?.locations[0]
        .physicalLocation.artifactLocation.uri,
    ).toBe(uri);
  });
});
