import type { Machine } from '../../test/integration/support/lab.ts';
import { measureAction } from '../action.ts';
import { script, time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import type { Figures, Row } from '../row.ts';

const MESSAGES = 1_000_000;

/** A million messages through SSH, each verified. */
export const million: Row = {
  name: 'million',
  lines: [
    {
      ...{ what: '1,000,000 messages through SSH, each verified', unit: 'messages/s', figure: 'throughput' },
      reference: { what: 'kcat through `ssh -L`, out, then in', figure: 'kcat' },
      goal: { atLeast: 100_000 },
    },
    {
      ...{
        what: 'the same, beside a producer that proves nothing',
        unit: 'messages/s',
        figure: 'throughput',
      },
      reference: { what: '`kafka-producer-perf-test` on the machine', figure: 'perfTest' },
    },
    {
      what: 'the same: peak memory',
      unit: 'MiB',
      figure: 'peakMiB',
      goal: { atMost: 200 },
    },
    { what: 'the same: processor time of the action', unit: 's', figure: 'cpuS' },
  ],
  async measure(bench) {
    const machine = await bench.deployed();
    const [out = Number.NaN, back = Number.NaN] = (
      await time(script('kcat', machine.name, `${MESSAGES}`))
    ).stdout
      .trim()
      .split(' ')
      .map(Number);
    const perfTest = Number(
      (await time(script('perf-test', machine.name, 'bench-perf', `${MESSAGES}`))).stdout,
    );
    return {
      ...{ kcat: MESSAGES / (out + back), perfTest },
      ...asEarlier(await roundTrip(machine, await bench.earlier())),
      ...(await roundTrip(machine)),
    };
  },
};

async function roundTrip(machine: Machine, root?: string): Promise<Figures> {
  const inputs = { mode: 'smoke-test', clients: 'runner', messages: `${MESSAGES}`, 'smoke-timeout': '600' };
  const { run, peakMiB, cpuS } = await measureAction(machine, inputs, root);
  return { throughput: Number(run.outputs.throughput), peakMiB, cpuS };
}
