import type { Machine } from '../../test/integration/support/lab.ts';
import { measureAction } from '../action.ts';
import { script, time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import { kcatLatency } from '../kcat-latency.ts';
import type { Figures, Row } from '../row.ts';

const MESSAGES = 10;
const reference = { what: 'kcat through the same SSH', figure: 'kcat' } as const;

/** Ten messages, from the send to the other client. */
export const latency: Row = {
  name: 'latency',
  lines: [
    {
      ...{ what: 'p95 of ten messages', unit: 'ms', figure: 'runner' },
      ...{ reference, goal: { timesReference: 1.5 } },
    },
    {
      ...{ what: 'p95 of ten messages, own topic', unit: 'ms', figure: 'probe' },
      ...{ reference, goal: { timesReference: 1.5 } },
    },
  ],
  async measure(bench) {
    const machine = await bench.deployed();
    await time(script('perf-test', machine.name, 'bench-latency', '0'));
    const kcat = await kcatLatency(machine, 'bench-latency', MESSAGES);
    const earlier = await latenciesOn(machine, await bench.earlier());
    return { kcat, ...asEarlier(earlier), ...(await latenciesOn(machine)) };
  },
};

async function latenciesOn(machine: Machine, root?: string): Promise<Figures> {
  // Alone: the Python pair beside it would be measured, too.
  const inputs = { mode: 'smoke-test', clients: 'runner', messages: `${MESSAGES}` };
  const { run, report } = await measureAction(machine, inputs, root);
  return {
    runner: Number(run.outputs['latency-p95-ms']),
    probe: report.probe?.latencyMs?.p95 ?? Number.NaN,
  };
}
