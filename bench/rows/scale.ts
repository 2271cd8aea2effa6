import { measureAction, secondsOf } from '../action.ts';
import type { Line, Row } from '../row.ts';

export const MESSAGES = [10, 1_000, 10_000, 100_000, 1_000_000];

/** Clusters of one, three and five brokers. */
export const CLUSTERS: readonly {
  readonly brokers: number;
  readonly inputs: Readonly<Record<string, string>>;
}[] = [
  { brokers: 1, inputs: { stack: 'kraft-single' } },
  { brokers: 3, inputs: { stack: 'kraft' } },
  { brokers: 5, inputs: { 'compose-file': 'bench/five-brokers.yml' } },
];

/** Names of the figures of a point of the plot. */
export const pointOf = (messages: number) => ({
  timeS: `run-${messages}`,
  proofS: `messages-${messages}`,
  peakMiB: `memory-${messages}`,
});

/** The names of the rows. */
export const rowNameOf = (brokers: number) => `scale-${brokers}`;

/** Time and memory of the pair on the runner, by messages and brokers: what the plot shows. */
export const scale: readonly Row[] = CLUSTERS.map(({ brokers, inputs }) => ({
  name: rowNameOf(brokers),
  byNameOnly: true,
  lines: MESSAGES.flatMap(messages => linesOf(brokers, messages)),
  async measure(bench) {
    const figures: Record<string, number> = {};
    const name = rowNameOf(brokers);
    const machine = await bench.deployed(name, inputs);
    for (const messages of MESSAGES) {
      const run = await measureAction(machine, {
        mode: 'smoke-test',
        clients: 'runner',
        messages: `${messages}`,
        'smoke-timeout': '600',
      });
      const { timeS, proofS, peakMiB } = pointOf(messages);
      figures[timeS] = run.tookS;
      figures[proofS] = secondsOf(run, 'smoke-test-runner');
      figures[peakMiB] = run.peakMiB;
    }
    await bench.release(name);
    return figures;
  },
}));

function linesOf(brokers: number, messages: number): Line[] {
  const what = `${messages.toLocaleString('en-US')} messages, ${brokers} ${brokers === 1 ? 'broker' : 'brokers'}`;
  const { timeS, proofS, peakMiB } = pointOf(messages);
  return [
    { what: `${what}: the run`, unit: 's', figure: timeS },
    { what: `${what}: its messages`, unit: 's', figure: proofS },
    { what: `${what}: peak memory`, unit: 'MiB', figure: peakMiB },
  ];
}
