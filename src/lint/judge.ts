import type { ComposeFile } from '../compose/reader/load.ts';
import { type FixResult, fixCompose } from './fixes/fix.ts';
import { type LintOptions, lintProject } from './lint.ts';
import type { Finding } from './rule.ts';

/** From which severity on a file is refused. */
export type LintLevel = 'error' | 'warning' | 'off';

/** What is said of compose files before they are used. */
export interface Judgement {
  readonly files: readonly string[];
  readonly level: LintLevel;
  readonly errors: number;
  readonly warnings: number;
  /** Findings that comments in the files switched off: they count nowhere else. */
  readonly ignored: number;
  /** What is wrong, after the safe fixes if these were asked for. */
  readonly findings: readonly ReportedFinding[];
  /** What the safe fixes put right, with the places it had before. */
  readonly fixed: readonly ReportedFinding[];
  /** Unified diff of the safe fixes, a line an entry. */
  readonly diff: readonly string[];
}

/** A finding as outputs and reports show it. Lines and columns count from 1; the end is the first position after it. */
export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  readonly hint: string;
  /** Where the same cause shows besides. */
  readonly also?: readonly FoundLine[];
  /** Text to put in place by hand where no fix is safe. */
  readonly proposal?: string;
}

interface FoundLine {
  readonly file: string;
  readonly line: number;
}

interface JudgeOptions extends LintOptions {
  readonly level: LintLevel;
  /** Make the safe fixes. */
  readonly fix: boolean;
}

interface Judged {
  readonly judgement: Judgement;
  /** The findings that are left, as the linter gives them. */
  readonly remaining: readonly Finding[];
  /** The files, with the safe fixes if these were asked for. */
  readonly files: readonly ComposeFile[];
}

/** Judges compose files, and fixes what is safe to fix when that is asked for. Nothing is written. */
export function judge(files: readonly ComposeFile[], options: JudgeOptions): Judged {
  const { fix, level } = options;
  const {
    files: texts,
    fixed,
    remaining,
    ignored,
  } = fix ? fixCompose(files, options) : unfixed(files, options);
  const count = (severity: Finding['severity']) =>
    remaining.filter(finding => finding.severity === severity).length;
  return {
    files: texts,
    remaining,
    judgement: {
      files: files.map(({ path }) => path),
      level,
      errors: count('error'),
      warnings: count('warning'),
      ignored,
      findings: remaining.map(reported),
      fixed: fixed.map(reported),
      diff: texts.flatMap(({ diff }) => (diff === '' ? [] : diff.replace(/\n$/, '').split('\n'))),
    },
  };
}

function unfixed(files: readonly ComposeFile[], options: LintOptions): FixResult {
  const { findings, ignored } = lintProject(files, options);
  return { files: files.map(file => ({ ...file, diff: '' })), fixed: [], remaining: findings, ignored };
}

/** True when the findings that are left weigh more than the level allows. */
export function isRefused({ level, errors, warnings }: Judgement): boolean {
  if (level === 'off') return false;
  return errors > 0 || (level === 'warning' && warnings > 0);
}

/** `docker-compose.yml:12:5 error rule-id: what is wrong`, and where else. */
export function findingLine(finding: ReportedFinding): string {
  const { file, line, column, severity, rule, message } = finding;
  return [`${file}:${line}:${column} ${severity} ${rule}: ${message}`, ...alsoAt(finding)].join(' ');
}

/** Enough to see where a cause shows; the report and the SARIF file have all of its places. */
const SHOWN_PLACES = 10;

/** @returns `Also at lines 12, 18.` with the file's name where it is another; none for a finding with one place */
export function alsoAt({ file, also = [] }: Pick<ReportedFinding, 'file' | 'also'>): string[] {
  if (also.length === 0) return [];
  const places = also
    .slice(0, SHOWN_PLACES)
    .map(other => (other.file === file ? `${other.line}` : `${other.file}:${other.line}`));
  const left = also.length - places.length;
  const more = left > 0 ? ` and ${left} more` : '';
  return [`Also at ${also.length === 1 ? 'line' : 'lines'} ${places.join(', ')}${more}.`];
}

function reported({ ruleId, severity, place, message, hint, also, proposal }: Finding): ReportedFinding {
  const { file, line, column, endLine, endColumn } = place;
  return {
    rule: ruleId,
    severity,
    file,
    line,
    column,
    endLine,
    endColumn,
    message,
    hint,
    also: also?.map(other => ({ file: other.file, line: other.line })),
    proposal,
  };
}
