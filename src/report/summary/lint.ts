import { alsoAt } from '../../lint/judge.ts';
import { plural } from '../figures.ts';
import { code, fenced, fold, plainText, table, words } from '../markdown.ts';
import type { Report } from '../report.ts';

/** More are in the report and in the SARIF file. */
const MOST_ROWS = 100;
const SIGNS = { error: '❌', warning: '⚠️' } as const;

/** What the linter says of the user's compose files, and what the safe fixes changed in them. */
export function lintSection({ lint }: Report): string[] {
  if (!lint) return [];
  const { files, findings, fixed, diff, ignored } = lint;
  const rows = findings
    .slice(0, MOST_ROWS)
    .map(finding => [
      `${SIGNS[finding.severity]} ${code(finding.rule)}`,
      code(`${finding.file}:${finding.line}:${finding.column}`),
      [finding.message, ...alsoAt(finding), finding.hint].map(plainText).join(' '),
    ]);
  const left = findings.length - rows.length;
  return [
    `### Compose file ${files.map(code).join(', ')}`,
    '',
    ...(rows.length === 0
      ? ['✅ No finding.']
      : table(['Rule', 'where', 'what, and what to do'].map(words), rows)),
    ...(left > 0 ? ['', `… and ${left} more, in the report.`] : []),
    ...(ignored > 0 ? ['', `${plural(ignored, 'finding')} switched off by comments in the file.`] : []),
    '',
    ...(fixed.length > 0 ? fold(`${fixed.length} fixed`, fenced(diff, 400)) : []),
  ];
}
