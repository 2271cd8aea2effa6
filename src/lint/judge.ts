import type { ComposeFile, LoadOptions } from '../compose/reader/load.ts';
import { type FixResult, fixCompose } from './fixes/fix.ts';
import { lintCompose } from './lint.ts';
import type { Finding } from './rule.ts';

/** From which severity on a file is refused. */
export type LintLevel = 'error' | 'warning' | 'off';

/** What is said of compose files before they are used. */
export interface Judgement {
  readonly files: readonly string[];
  readonly level: LintLevel;
  readonly errors: number;
  readonly warnings: number;
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
  /** Text to put in place by hand where no fix is safe. */
  readonly proposal?: string;
}

interface JudgeOptions extends LoadOptions {
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
  const { files: texts, fixed, remaining } = fix ? fixCompose(files, options) : unfixed(files, options);
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
      findings: remaining.map(reported),
      fixed: fixed.map(reported),
      diff: texts.flatMap(({ diff }) => (diff === '' ? [] : diff.trimEnd().split('\n'))),
    },
  };
}

function unfixed(files: readonly ComposeFile[], options: LoadOptions): FixResult {
  const findings = lintCompose(files, options);
  return { files: files.map(file => ({ ...file, diff: '' })), fixed: [], remaining: findings };
}

/** True when the findings that are left weigh more than the level allows. */
export function isRefused({ level, errors, warnings }: Judgement): boolean {
  if (level === 'off') return false;
  return errors > 0 || (level === 'warning' && warnings > 0);
}

/** `docker-compose.yml:12:5 error rule-id: what is wrong` */
export function findingLine({ file, line, column, severity, rule, message }: ReportedFinding): string {
  return `${file}:${line}:${column} ${severity} ${rule}: ${message}`;
}

function reported({ ruleId, severity, place, message, hint, proposal }: Finding): ReportedFinding {
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
    proposal,
  };
}
