import { code, plainText, table, words } from '../markdown.ts';
import type { Report, SweptEnvironment } from '../report.ts';

const ENDS: Record<SweptEnvironment['end'], string> = {
  gone: '🗑️ gone',
  'would-go': '✏️ would go',
  stays: 'stays',
  failed: '❌ could not be taken down',
};

/** Of each environment what a sweep did with it, and why. */
export function sweepSection({ sweep }: Report): string[] {
  if (!sweep || sweep.environments.length === 0) return [];
  const rows = sweep.environments.map(({ environment, end, why, usedAt }) => [
    code(environment),
    ENDS[end],
    plainText(why),
    plainText(usedAt?.slice(0, 16).replace('T', ' ') ?? 'unknown'),
  ]);
  const header = [words('Environment'), words('sweep'), words('why'), words('last used (UTC)')];
  return ['### Environments', '', ...table(header, rows), ''];
}
