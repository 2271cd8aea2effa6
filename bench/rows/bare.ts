import { measureAction } from '../action.ts';
import { script, sshTo, time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import type { Row } from '../row.ts';

const NAME = 'bare';

/** From a machine after its first boot to the proof. */
export const bare: Row = {
  name: NAME,
  lines: [
    {
      ...{ what: 'bare machine → proven', unit: 's', figure: 'action' },
      reference: { what: 'the guide in one SSH session, no pauses, nothing proved', figure: 'session' },
      goal: { timesReference: 0.65 },
    },
    {
      ...{
        what: 'the same, beside the guide as it is followed',
        unit: 's',
        figure: 'action',
      },
      reference: { what: 'the guide with its pauses', figure: 'pauses' },
      goal: { timesReference: 0.45 },
    },
  ],
  async measure(bench) {
    const onFresh = async <T>(work: (machine: Awaited<ReturnType<typeof bench.machine>>) => Promise<T>) => {
      const machine = await bench.machine(NAME);
      try {
        return await work(machine);
      } finally {
        await bench.remove(NAME);
      }
    };
    return {
      pauses: await onFresh(
        async machine => (await time(script('guide-with-pauses', ...sshTo(machine)))).tookS,
      ),
      session: await onFresh(
        async machine => (await time(script('guide-in-one-session', ...sshTo(machine)))).tookS,
      ),
      ...asEarlier({
        action: await onFresh(
          async machine => (await measureAction(machine, {}, await bench.earlier())).tookS,
        ),
      }),
      action: await onFresh(async machine => (await measureAction(machine)).tookS),
    };
  },
};
