import * as core from '@actions/core';
import { boundedText } from '../report/bounded.ts';
import type { Report } from '../report/report.ts';
import { summaryOf } from '../report/summary/summary.ts';

/**
 * Adds a report to the job's summary, where the runner has one.
 * @param report blanked and within its bounds; what Markdown joins together is blanked again
 */
export async function addToSummary(report: Report, redact: (text: string) => string): Promise<void> {
  if (process.env.GITHUB_STEP_SUMMARY)
    await core.summary.addRaw(boundedText(redact(summaryOf(report)))).write();
}
