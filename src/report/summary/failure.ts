import { fenced, fold, htmlText, plainText } from '../markdown.ts';
import type { Report } from '../report.ts';

/** Of all containers together: a summary has its limit. */
const MOST_LOG_LINES = 500;

/** What failed, why, and what to do next. What the hints call "above" stands above them here, too. */
export function failureSection({ failure }: Report): string[] {
  if (!failure) return [];
  const { message, details, hint } = failure;
  return [
    `**${plainText(message) || 'No reason is known.'}**`,
    '',
    ...(details.length > 0 ? [...fenced(details), ''] : []),
    `**What to do:** ${plainText(hint)}`,
    '',
  ];
}

/** The containers' last lines and the state of the machine after a failure, in folds. */
export function diagnosisSection({ diagnosis, cluster }: Report): string[] {
  if (!diagnosis) return [];
  const { logs, disk, memory } = diagnosis;
  const most = Math.max(5, Math.floor(MOST_LOG_LINES / logs.length));
  const machine = [...disk, ...(disk.length > 0 && memory.length > 0 ? [''] : []), ...memory];
  return [
    ...logs.flatMap(({ container, service, lines }) => {
      const status = cluster.find(member => member.service === service)?.status;
      const title = `Last lines of container <code>${htmlText(container)}</code>${status ? `: ${htmlText(status)}` : ''}`;
      return fold(title, lines.length > 0 ? fenced(lines, most) : ['It logged nothing.']);
    }),
    ...(machine.length > 0 ? fold('Disk and memory of the machine', fenced(machine)) : []),
  ];
}
