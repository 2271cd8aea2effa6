import { measureAction, secondsOf, secondsOfProof } from '../action.ts';
import { sshTo, time } from '../bench.ts';
import type { Row } from '../row.ts';

const reference = { what: '`ssh host true`', figure: 'ssh' } as const;

/** Where everything is in place: the whole run, the proof alone, the plan. */
export const converged: Row = {
  name: 'converged',
  lines: [
    {
      ...{
        what: 'second run, nothing to change, full proof',
        unit: 's',
        figure: 'again',
        before: '4.4 to 8.7 s',
      },
      ...{ reference, goal: { atMost: 2.5 } },
    },
    { what: 'of it: Python pair', unit: 's', figure: 'host', before: '0.8 s' },
    { what: 'of it: kafkajs pair', unit: 's', figure: 'runner', before: '1.0 s' },
    { what: 'of it: own topic', unit: 's', figure: 'probe', before: '3.0 s' },
    {
      ...{ what: 'of it: the three together', unit: 's', figure: 'proof', before: 'one after the other' },
      goal: { atMost: 1.2 },
    },
    {
      what: '`mode: smoke-test`',
      unit: 's',
      figure: 'smokeTest',
      before: '4.1 s',
      reference,
      goal: { atMost: 2 },
    },
    {
      what: '`mode: plan`, converged',
      unit: 's',
      figure: 'plan',
      before: '1.1 s',
      reference,
      goal: { atMost: 0.55 },
    },
  ],
  async measure(bench) {
    const machine = await bench.deployed();
    const ssh = (await time([...sshTo(machine), 'true'])).tookS;
    const again = await measureAction(machine);
    return {
      ssh,
      again: again.tookS,
      host: secondsOf(again, 'smoke-test-host'),
      runner: secondsOf(again, 'smoke-test-runner'),
      probe: secondsOf(again, 'probe-topic'),
      proof: secondsOfProof(again),
      smokeTest: (await measureAction(machine, { mode: 'smoke-test' })).tookS,
      plan: (await measureAction(machine, { mode: 'plan' })).tookS,
    };
  },
};
