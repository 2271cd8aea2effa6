import type { Machine } from '../../test/integration/support/lab.ts';
import { measureAction, secondsOf, secondsOfProof } from '../action.ts';
import { type Bench, sshTo, time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import type { Figures, Row } from '../row.ts';

const NAME = 'converged';
const reference = { what: '`ssh host true`', figure: 'ssh' } as const;

/** Where everything is in place: the whole run, the proof alone, the plan. */
export const converged: Row = {
  name: NAME,
  lines: [
    {
      ...{
        what: 'second run, nothing to change, full proof',
        unit: 's',
        figure: 'again',
      },
      ...{ reference, goal: { atMost: 2.5 } },
    },
    { what: 'of it: Python pair', unit: 's', figure: 'host' },
    { what: 'of it: kafkajs pair', unit: 's', figure: 'runner' },
    { what: 'of it: own topic', unit: 's', figure: 'probe' },
    {
      ...{ what: 'of it: the three together', unit: 's', figure: 'proof' },
      goal: { atMost: 1.2 },
    },
    {
      what: '`mode: smoke-test`',
      unit: 's',
      figure: 'smokeTest',
      reference,
      goal: { atMost: 2 },
    },
    {
      what: '`mode: plan`, converged',
      unit: 's',
      figure: 'plan',
      reference,
      goal: { atMost: 0.55 },
    },
  ],
  async measure(bench) {
    const earlier = await onOwnMachine(bench, await bench.earlier());
    return { ...asEarlier(earlier), ...(await onOwnMachine(bench)) };
  },
};

/**
 * Each build has a machine that it deployed itself, since to the other one there would be something to change. It is as new as the other's,
 * for brokers that have run for a while answer faster.
 */
async function onOwnMachine(bench: Bench, root?: string): Promise<Figures> {
  const machine = await bench.deployed(NAME, {}, root);
  const figures = await runsOn(machine, root);
  await bench.release(NAME);
  return figures;
}

async function runsOn(machine: Machine, root?: string): Promise<Figures> {
  const ssh = (await time([...sshTo(machine), 'true'])).tookS;
  const again = await measureAction(machine, {}, root);
  return {
    ssh,
    again: again.tookS,
    host: secondsOf(again, 'smoke-test-host'),
    runner: secondsOf(again, 'smoke-test-runner'),
    probe: secondsOf(again, 'probe-topic'),
    proof: secondsOfProof(again),
    smokeTest: (await measureAction(machine, { mode: 'smoke-test' }, root)).tookS,
    plan: (await measureAction(machine, { mode: 'plan' }, root)).tookS,
  };
}
