import type { StepStatus } from '../../steps/step.ts';
import { duration, plural } from '../figures.ts';
import { code, fold, number, plainText, table, words } from '../markdown.ts';
import type { Report } from '../report.ts';

/** Signs that tell at a glance how a step ended. */
const SIGNS: Record<StepStatus, string> = {
  changed: '🔧',
  unchanged: '✅',
  passed: '✅',
  planned: '✏️',
  failed: '❌',
  skipped: '⏭️',
};

/** What each step found and did, and how long it took. */
export function stepsSection({ steps }: Report): string[] {
  if (steps.length === 0) return [];
  const rows = steps.map(({ title, status, changed, durationMs, detail }) => [
    `${SIGNS[status]} ${plainText(title)}`,
    status === 'failed' && changed ? 'failed, after a change' : status,
    status === 'skipped' ? '' : duration(durationMs),
    plainText(detail),
  ]);
  return [
    '### Steps',
    '',
    ...table([words('Step'), words('result'), number('time'), words('what was found')], rows),
    '',
  ];
}

/** What the machine is, what runs on it, and where Kafka is reached there. */
export function factsSection(report: Report): string[] {
  const { machine, machines, bootstrapServers, schemaRegistryUrl, tunnel, versions, runId, startedAt } =
    report;
  const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;
  const rows = [
    ...(machine
      ? [
          ['system', `${plainText(machine.system)}, ${plainText(machine.architecture)}`],
          ['memory', gib(machine.memoryMiB)],
          ['free disk at the start', gib(machine.freeDiskMiB)],
        ]
      : []),
    // The system is there already.
    ...Object.entries(versions)
      .filter(([name]) => !machine || name !== 'system')
      .map(([name, version]) => [plainText(name), plainText(version)]),
  ];
  const facts = [
    bootstrapServers.length > 0 &&
      `Bootstrap servers ${machines ? 'on the machines, each on its own' : 'on the machine'}: ${bootstrapServers.map(code).join(', ')}.`,
    schemaRegistryUrl && `Schema registry: ${code(schemaRegistryUrl)}.`,
    tunnel && `Open on the runner until the end of the job: ${tunnel.addresses.map(code).join(', ')}.`,
    `Run ${code(runId)}, started ${plainText(startedAt)}.`,
  ].filter(Boolean);
  return [
    facts.join(' '),
    '',
    ...(rows.length > 0
      ? fold(
          `The machine and what runs on it (${plural(rows.length, 'fact')})`,
          table([words('What'), words('found')], rows),
        )
      : []),
  ];
}
