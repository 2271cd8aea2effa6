import { measureAction, usageOf } from '../action.ts';
import { time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import type { Row } from '../row.ts';

/** What the linter costs, without any machine. */
export const lint: Row = {
  name: 'lint',
  lines: [
    {
      ...{
        what: '`mode: lint` of a three-line file, processor time',
        unit: 's',
        figure: 'lint',
      },
      reference: { what: 'bare `node`', figure: 'node' },
      goal: { atMost: 0.1 },
    },
  ],
  async measure(bench) {
    const { environment, read } = usageOf('node');
    await time([
      'env',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      process.execPath,
      '-e',
      '0',
    ]);
    const node = read().cpuS;
    const inputs = { mode: 'lint', 'compose-file': 'bench/three-lines.yml' };
    const earlier = await measureAction(undefined, inputs, await bench.earlier());
    const { cpuS } = await measureAction(undefined, inputs);
    return { node, ...asEarlier({ lint: earlier.cpuS }), lint: cpuS };
  },
};
