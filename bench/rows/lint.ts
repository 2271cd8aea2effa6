import { measureAction, usageOf } from '../action.ts';
import { time } from '../bench.ts';
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
        before: '0.40 s',
      },
      reference: { what: 'bare `node`', figure: 'node' },
      goal: { atMost: 0.1 },
    },
  ],
  async measure() {
    const { environment, read } = usageOf('node');
    await time([
      'env',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      process.execPath,
      '-e',
      '0',
    ]);
    const node = read().cpuS;
    const { cpuS } = await measureAction(undefined, {
      mode: 'lint',
      'compose-file': 'bench/three-lines.yml',
    });
    return { node, lint: cpuS };
  },
};
