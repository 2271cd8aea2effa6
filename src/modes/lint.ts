import type { ComposeFile } from '../compose/reader/load.ts';
import type { NamedFile } from '../compose/reader/named-file.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import { type Judgement, judge } from '../lint/judge.ts';
import type { Finding } from '../lint/rule.ts';
import type { GroupedLogger } from '../log.ts';
import { emptyReport, failedBeforeStart, type Report } from '../report/report.ts';
import { logJudgement, refusalOf } from './lint-log.ts';
import type { Outcome } from './run.ts';

/** Compose files, and where they come from. */
export interface ComposeSource extends ComposeTexts {
  /** Whoever opened the pull request that the files come from is not trusted with the machine. */
  readonly isOfPullRequest: boolean;
}

/** Compose files, and a way to those that they name. */
export interface ComposeTexts {
  /** With paths from the root of the workspace, as annotations need them. */
  readonly files: readonly ComposeFile[];
  readonly readFile: (path: string) => NamedFile;
  /** False for a stack of the action. */
  readonly isOwn: boolean;
}

interface LintDependencies {
  readonly log: GroupedLogger;
  readonly runId: string;
  readonly startedAt: Date;
  readonly source: ComposeSource;
  /** Takes the files that a fix has changed. */
  readonly writeFiles: (files: readonly ComposeFile[]) => void;
}

/** Mode `lint`: judges the user's compose files, and needs no machine. */
export function lint(choice: ComposeChoice, dependencies: LintDependencies): Outcome {
  const { log, source, startedAt, writeFiles } = dependencies;
  const { judgement, findings, files } = judgeSource(choice, source, log);
  writeFiles(files.filter(({ text }, index) => text !== source.files[index]?.text));
  const refusal = refusalOf(judgement);
  const report: Report = refusal
    ? failedBeforeStart(refusal, dependencies, { mode: 'lint', step: 'lint' })
    : { ...emptyReport('lint', dependencies), result: 'passed' };
  const durationMs = Date.now() - startedAt.getTime();
  return { report: { ...report, lint: judgement, durationMs }, findings };
}

interface JudgedSource {
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  /** With the safe fixes, when these are asked for. */
  readonly files: readonly ComposeFile[];
}

/**
 * Judges compose files, and shows in the log what the linter says.
 * @param sideBySide they are deployed as one of several clusters on the machine
 */
export function judgeSource(
  { lintLevel, fix }: Pick<ComposeChoice, 'lintLevel' | 'fix'>,
  { files, readFile }: ComposeSource,
  log: GroupedLogger,
  sideBySide = false,
): JudgedSource {
  const options = { level: lintLevel, fix, readFile, sideBySide };
  const { judgement, remaining, files: texts } = judge(files, options);
  logJudgement(log, judgement);
  return { judgement, findings: remaining, files: texts };
}
