import { code, fold, number, plainText, table, words } from '../markdown.ts';
import type { Report } from '../report.ts';

/** The clusters side by side on the machine, the longest unused first. */
export function environmentsSection({ environments = [] }: Report): string[] {
  if (environments.length === 0) return [];
  const rows = environments.map(({ environment, containersRunning, usedAt, ports, directory, run }) => [
    code(environment),
    `${containersRunning}`,
    plainText(usedAt?.slice(0, 16).replace('T', ' ') ?? 'unknown'),
    plainText(ports.join(', ')),
    code(directory),
    run === undefined ? '' : plainText(run),
  ]);
  const header = [
    words('Environment'),
    number('containers'),
    words('last used (UTC)'),
    words('ports'),
    words('directory'),
    words('made by'),
  ];
  return fold(`Environments on the machine (${environments.length})`, table(header, rows));
}
