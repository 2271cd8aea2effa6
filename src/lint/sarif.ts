import { createHash } from 'node:crypto';
import type { Place } from '../compose/reader/place.ts';
import type { Finding, Rule } from './rule.ts';
import { RULES } from './rules.ts';

export interface SarifTool {
  readonly name: string;
  readonly version: string;
  /** Where the tool lives: the rules are explained under docs/rules.md there. */
  readonly url: string;
}

/**
 * Findings as a SARIF 2.1.0 log that GitHub code scanning takes: every rule with its help, every finding with its region, and a
 * fingerprint that stays when lines above it come or go.
 * Paths must be relative to the root of the repository.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ and GitHub's "SARIF support for code scanning".
 */
export function sarifLog(findings: readonly Finding[], { name, version, url }: SarifTool): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name, version, informationUri: url, rules: RULES.map(rule => ruleOf(rule, url)) },
        },
        columnKind: 'utf16CodeUnits',
        results: fingerprinted(findings).map(([finding, fingerprint]) => resultOf(finding, fingerprint)),
      },
    ],
  };
}

function ruleOf({ id, title, severity, why, fix, example }: Rule, url: string): object {
  const markdown = `${why}\n\n${fix}\n\nFor example, instead of\n\n\`\`\`yaml\n${example.bad}\`\`\`\n\nwrite\n\n\`\`\`yaml\n${example.good}\`\`\`\n`;
  return {
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    help: { text: `${why}\n\n${fix}`, markdown },
    helpUri: `${url}/blob/main/docs/rules.md#${id}`,
    defaultConfiguration: { level: severity },
    properties: { tags: ['kafka', 'docker-compose'], 'problem.severity': severity },
  };
}

function resultOf({ ruleId, severity, message, hint, place, also }: Finding, fingerprint: string): object {
  return {
    ruleId,
    ruleIndex: RULES.findIndex(({ id }) => id === ruleId),
    level: severity,
    message: { text: `${message} ${hint}` },
    locations: [locationOf(place)],
    relatedLocations: also?.map((other, index) => ({
      id: index + 1,
      ...locationOf(other),
      message: { text: 'The same here.' },
    })),
    partialFingerprints: { 'kafkaComposeLint/v1': fingerprint },
  };
}

const locationOf = (place: Place) => ({
  physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region: regionOf(place) },
});

const regionOf = ({ line, column, endLine, endColumn }: Place) => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

/** A relative path as a URI: parts encoded, slashes kept. */
const uriOf = (file: string) =>
  file.replaceAll('\\', '/').replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/');

/** The finding without its line: rule, message and file. Two that are the same are told apart by their number. */
function fingerprinted(findings: readonly Finding[]): [Finding, string][] {
  const seen = new Map<string, number>();
  return findings.map(finding => {
    const key = [finding.ruleId, finding.place.file, finding.message].join('\n');
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return [finding, createHash('sha256').update(`${key}\n${number}`).digest('hex').slice(0, 32)];
  });
}
