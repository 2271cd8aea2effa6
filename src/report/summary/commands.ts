import { quote } from '../../host/quote.ts';
import { composeByHand } from '../../machine/compose-project.ts';
import { fenced } from '../markdown.ts';
import type { Report } from '../report.ts';
import { failingLog } from './failure.ts';

/** After a failure on a machine: commands to paste, with what this run was about filled in. */
export function commandsSection(report: Report): string[] {
  const { failure, machines, project } = report;
  const failing = failingLog(report)?.service;
  // Of several machines the one where it failed, or whose container is to blame: its service is `kafka@MACHINE`.
  const [service, blamed] = machines && failing !== undefined ? failing.split('@') : [failing];
  const machine = machines?.find(({ name }) => name === (failure?.machine ?? blamed)) ?? machines?.[0];
  const { host, ssh } = machine ?? report;
  if (!failure || failure.code === 'cancelled' || host === undefined) return [];
  const compose = project && composeByHand(project);
  const lines = [
    ...(ssh === undefined ? [] : [ssh, '']),
    ...(project ? [`cd ${quote([project.directory])}`] : []),
    ...(compose
      ? [
          quote([...compose, 'ps', '--all']),
          quote([...compose, 'logs', '--tail', '100', ...(service === undefined ? [] : [service])]),
          ...(service === undefined ? [] : [quote([...compose, 'restart', service])]),
        ]
      : ['sudo docker ps --all']),
    'sudo ss -ltnp',
    'df -h && sudo docker system df',
    'free -m && sudo dmesg | tail -n 20',
  ];
  return ['### To look for yourself', '', ...fenced(lines, undefined, 'sh'), ''];
}
