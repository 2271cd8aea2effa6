import { code, fold, number, plainText, table, words } from '../markdown.ts';
import type { ClusterMachine, ClusterWay, Report } from '../report.ts';

/** A wider matrix does not fit on a page. */
const MOST_COLUMNS = 16;

/** Of a cluster over several machines each of them, and who reaches whom. */
export function machinesSection({ machines = [], ways = [] }: Report): string[] {
  if (machines.length === 0) return [];
  const areInRacks = machines.some(({ rack }) => rack !== undefined);
  const header = [
    ...[words('Machine'), number('node'), words('what it is'), words('private address')],
    ...(areInRacks ? [words('rack')] : []),
  ];
  const further = [words('its broker, through SSH'), number('memory'), number('free disk at the start')];
  return [
    '### Machines',
    '',
    ...table(
      [...header, ...further],
      machines.map(machine => rowOf(machine, areInRacks)),
    ),
    '',
    ...matrixOf(machines, ways),
  ];
}

const gib = (mib: number | undefined) => (mib === undefined ? '' : `${(mib / 1024).toFixed(1)} GiB`);

function rowOf(
  { name, nodeId, roles, hasRegistry, address, rack, bootstrapServer, facts }: ClusterMachine,
  areInRacks: boolean,
) {
  const parts = roles === undefined ? [] : roles.split('+');
  return [
    plainText(name),
    `${nodeId ?? ''}`,
    plainText([...parts, ...(hasRegistry ? ['schema registry'] : [])].join(', ')),
    address === undefined ? '' : code(address),
    ...(areInRacks ? [plainText(rack ?? '')] : []),
    bootstrapServer === undefined ? '' : code(bootstrapServer),
    gib(facts?.memoryMiB),
    gib(facts?.freeDiskMiB),
  ];
}

/** A row for each machine that asks, a column for each that is asked. */
function matrixOf(machines: readonly ClusterMachine[], ways: readonly ClusterWay[]): string[] {
  if (ways.length === 0) return [];
  const closed = ways.filter(({ state }) => state !== 'open');
  const title =
    closed.length === 0
      ? `Who reaches whom: all ${ways.length} ways are open`
      : `Who reaches whom: ${closed.length} of ${ways.length} ways are closed`;
  if (machines.length > MOST_COLUMNS)
    return fold(title, closed.length === 0 ? ['Every machine reaches every other one.'] : closed.map(lineOf));
  const between = (from: string, to: string) =>
    ways
      .filter(way => way.from === from && way.to === to)
      .map(({ port, state }) => (state === 'open' ? `✔ ${port}` : `✘ ${port} ${plainText(state)}`))
      .join(', ');
  const names = machines.map(({ name }) => name);
  const rows = names.map(from => [plainText(from), ...names.map(to => between(from, to))]);
  return fold(title, table([words('From'), ...names.map(name => words(`to ${plainText(name)}`))], rows));
}

const lineOf = ({ from, to, port, state }: ClusterWay) =>
  `- ${plainText(from)} → ${plainText(to)}:${port}: ${plainText(state)}`;
