import { measureAction } from '../action.ts';
import { script, time } from '../bench.ts';
import { kcatLatency } from '../kcat-latency.ts';
import type { Row } from '../row.ts';

const MESSAGES = 10;
const reference = { what: 'kcat through the same SSH', figure: 'kcat' } as const;

/** Ten messages, from the send to the other client. */
export const latency: Row = {
  name: 'latency',
  lines: [
    {
      ...{ what: 'p95 of ten messages', unit: 'ms', figure: 'runner', before: '13 to 45 ms' },
      ...{ reference, goal: { timesReference: 1.5 } },
    },
    {
      ...{ what: 'p95 of ten messages, own topic', unit: 'ms', figure: 'probe', before: '14 to 144 ms' },
      ...{ reference, goal: { timesReference: 1.5 } },
    },
  ],
  async measure(bench) {
    const machine = await bench.deployed();
    await time(script('perf-test', machine.name, 'bench-latency', '0'));
    const kcat = await kcatLatency(machine, 'bench-latency', MESSAGES);
    // Alone: the Python pair beside it would be measured, too.
    const { run, report } = await measureAction(machine, {
      mode: 'smoke-test',
      clients: 'runner',
      messages: `${MESSAGES}`,
    });
    return {
      kcat,
      runner: Number(run.outputs['latency-p95-ms']),
      probe: report.probe?.latencyMs?.p95 ?? Number.NaN,
    };
  },
};
