import { measureAction, secondsOf } from '../action.ts';
import { script, time } from '../bench.ts';
import type { Row } from '../row.ts';

const OLDER = 5_000_000;

/** The Python pair in a topic with many older messages, and in one that is new. */
export const older: Row = {
  name: 'older',
  lines: [
    {
      what: 'the Python pair when 5,000,000 older messages lie in the topic',
      ...{ unit: 's', figure: 'full', before: '87 s' },
      reference: { what: 'in an empty topic', figure: 'empty' },
      // No longer than in an empty topic, within what two runs of the same differ by.
      goal: { timesReference: 1.1 },
    },
  ],
  async measure(bench) {
    const machine = await bench.deployed();
    const topic = (name: string, messages: number) =>
      time(script('perf-test', machine.name, name, `${messages}`));
    const pair = async (name: string) => {
      // A group of its own for each run reads from the beginning, were it not told where to begin.
      const group = `${name}-${Date.now()}`;
      const inputs = { mode: 'smoke-test', clients: 'host', topic: name, group };
      return secondsOf(await measureAction(machine, inputs), 'smoke-test-host');
    };
    const empty = `bench-empty-${Date.now()}`;
    await topic(empty, 0);
    if (!filled.has(machine.container)) await topic('bench-older', OLDER);
    filled.add(machine.container);
    isFullFirst = !isFullFirst;
    if (isFullFirst) return { full: await pair('bench-older'), empty: await pair(empty) };
    return { empty: await pair(empty), full: await pair('bench-older') };
  },
};

/** Of two that take the same, the second may find things warm: they take turns. */
let isFullFirst = false;

/** The machines whose topic has its older messages. */
const filled = new Set<string>();
