import type { Report } from '../report.ts';
import { drillSection } from './drill.ts';
import { environmentsSection } from './environments.ts';
import { diagnosisSection, failureSection } from './failure.ts';
import { latencySection } from './latency.ts';
import { lintSection } from './lint.ts';
import { messagesSection } from './messages.ts';
import { planSection } from './plan.ts';
import { factsSection, stepsSection } from './steps.ts';
import { topologySection } from './topology.ts';
import { limitationsSection, verdictSection } from './verdict.ts';

/** GitHub takes 1 MiB for a step; the rest is for what others may write to the same file. */
const MOST_BYTES = 1_000_000;

/** From what a person must see at once to what only some will look up. */
const SECTIONS: readonly ((report: Report) => readonly string[])[] = [
  verdictSection,
  failureSection,
  diagnosisSection,
  lintSection,
  limitationsSection,
  messagesSection,
  topologySection,
  latencySection,
  drillSection,
  stepsSection,
  planSection,
  environmentsSection,
  factsSection,
];

/** The job summary: GitHub Flavored Markdown, the verdict first. A section that has nothing to say is not there. */
export function summaryOf(report: Report): string {
  let text = '';
  let isCut = false;
  for (const section of SECTIONS) {
    const part = section(report)
      .map(line => `${line}\n`)
      .join('');
    if (Buffer.byteLength(text) + Buffer.byteLength(part) <= MOST_BYTES) text += part;
    else isCut = true;
  }
  return isCut ? `${text}\n_The rest is too long for a job summary: the report in JSON has it._\n` : text;
}
