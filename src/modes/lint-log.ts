import { ActionError } from '../errors.ts';
import { findingLine, isRefused, type Judgement } from '../lint/judge.ts';
import type { GroupedLogger } from '../log.ts';
import { lintCounts } from '../report/verdict.ts';

const SHOWN_IN_ERROR = 20;

/** Shows in the log what the linter says, and what the safe fixes changed. */
export function logJudgement(log: GroupedLogger, judgement: Judgement): void {
  const { files, findings, fixed, diff } = judgement;
  log.startGroup(`Compose file: ${files.join(', ')}`);
  for (const finding of fixed) log.info(`fixed: ${findingLine(finding)}`);
  for (const line of diff) log.info(line);
  for (const finding of findings) {
    log.info(findingLine(finding));
    log.info(`  what to do: ${finding.hint}`);
  }
  log.endGroup();
  const sign = isRefused(judgement) ? '✘' : '✔';
  log.info(`${sign} Compose file: ${lintCounts(judgement)}`);
}

/** @returns the error for files that the level does not let pass */
export function refusalOf(judgement: Judgement): ActionError | undefined {
  if (!isRefused(judgement)) return undefined;
  const { files, findings, level } = judgement;
  const weighty = findings.filter(({ severity }) => level === 'warning' || severity === 'error');
  return new ActionError('compose-file-refused', `${files.join(', ')}: ${lintCounts(judgement)}`, {
    details: [
      ...weighty.slice(0, SHOWN_IN_ERROR).map(findingLine),
      ...(weighty.length > SHOWN_IN_ERROR ? [`… and ${weighty.length - SHOWN_IN_ERROR} more`] : []),
    ],
  });
}
