import { boundedText } from '../report/bounded.ts';
import type { Report } from '../report/report.ts';
import { summaryOf } from '../report/summary/summary.ts';
import * as core from './workflow-commands.ts';

/**
 * Adds a report to the job's summary, where the runner has one.
 * @param report blanked and within its bounds; what Markdown joins together is blanked again
 */
export async function addToSummary(report: Report, redact: (text: string) => string): Promise<void> {
  if (process.env.GITHUB_STEP_SUMMARY)
    await core.summary.addRaw(boundedText(redact(summaryOf(report, documentation(process.env))))).write();
}

/** The documentation of the version that runs; undefined for an action that is not of a repository. */
function documentation(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  if (!repository || !ref) return undefined;
  return `${env.GITHUB_SERVER_URL || 'https://github.com'}/${repository}/blob/${ref}/docs`;
}
