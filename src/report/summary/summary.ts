import type { Report } from '../report.ts';
import { commandsSection } from './commands.ts';
import { drillSection } from './drill.ts';
import { environmentsSection } from './environments.ts';
import { diagnosisSection, failureSection } from './failure.ts';
import { latencySection } from './latency.ts';
import { lintSection } from './lint.ts';
import { machinesSection } from './machines.ts';
import { messagesSection } from './messages.ts';
import { planSection } from './plan.ts';
import { factsSection, stepsSection } from './steps.ts';
import { sweepSection } from './sweep.ts';
import { topologySection } from './topology.ts';
import { limitationsSection, verdictSection } from './verdict.ts';

/** GitHub takes 1 MiB for a step; the rest is for what others may write to the same file. */
const MOST_BYTES = 1_000_000;

/** From what a person must see at once to what only some will look up. */
const SECTIONS: readonly ((report: Report, documentation?: string) => readonly string[])[] = [
  verdictSection,
  failureSection,
  lintSection,
  limitationsSection,
  messagesSection,
  topologySection,
  machinesSection,
  latencySection,
  drillSection,
  sweepSection,
  stepsSection,
  planSection,
  environmentsSection,
  factsSection,
];
/** Of a run that failed: what was found and done, and what there is to try, come before what was measured. */
const SECTIONS_OF_A_FAILURE: typeof SECTIONS = [
  verdictSection,
  failureSection,
  lintSection,
  sweepSection,
  stepsSection,
  machinesSection,
  commandsSection,
  messagesSection,
  topologySection,
  latencySection,
  drillSection,
  limitationsSection,
  diagnosisSection,
  planSection,
  environmentsSection,
  factsSection,
];

/**
 * The job summary: GitHub Flavored Markdown, the verdict first. A section that has nothing to say is not there.
 * @param documentation the address of this version's documentation, where it is known
 */
export function summaryOf(report: Report, documentation?: string): string {
  let text = '';
  let isCut = false;
  for (const section of report.failure ? SECTIONS_OF_A_FAILURE : SECTIONS) {
    const part = section(report, documentation)
      .map(line => `${line}\n`)
      .join('');
    if (Buffer.byteLength(text) + Buffer.byteLength(part) <= MOST_BYTES) text += part;
    else isCut = true;
  }
  return isCut ? `${text}\n_The rest is too long for a job summary: the report in JSON has it._\n` : text;
}
