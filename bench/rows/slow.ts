import { Line as SshLine } from '../../test/drill/support/line.ts';
import type { Machine } from '../../test/integration/support/lab.ts';
import { measureAction } from '../action.ts';
import { script, sshTo, time } from '../bench.ts';
import { asEarlier } from '../earlier.ts';
import type { Figures, Line, Row } from '../row.ts';

/** What a runner far away has: 100 ms there and back, 20 Mbit/s each way. */
const ROUND_TRIP_MS = 100;
const LINE = { delayMs: ROUND_TRIP_MS / 2, bytesPerS: 20e6 / 8 };

interface Deed {
  readonly name: string;
  readonly what: string;
  /** @param root folder of the build, if it is not this one. @returns seconds */
  readonly take: (machine: Machine, root?: string) => Promise<number>;
  /** The earlier build does it as well. */
  readonly isOfAction?: true;
}

const action = (inputs: Readonly<Record<string, string>> = {}): Pick<Deed, 'take' | 'isOfAction'> => ({
  take: async (machine, root) => (await measureAction(machine, inputs, root)).tookS,
  isOfAction: true,
});
const isOfAction = (deed: Deed) => deed.isOfAction === true;

const DEEDS: readonly Deed[] = [
  {
    name: 'ssh',
    what: '`ssh host true`',
    take: async machine => (await time([...sshTo(machine), 'true'])).tookS,
  },
  { name: 'plan', what: '`mode: plan`, converged', ...action({ mode: 'plan' }) },
  { name: 'smokeTest', what: '`mode: smoke-test`', ...action({ mode: 'smoke-test' }) },
  { name: 'again', what: 'second run', ...action() },
];

const BARE: readonly Deed[] = [
  {
    name: 'session',
    what: 'the guide in one SSH session, bare machine',
    take: async machine => (await time(script('guide-in-one-session', ...sshTo(machine)))).tookS,
  },
  { name: 'bare', what: 'bare machine → proven', ...action() },
];

const linesOf = (deeds: readonly Deed[]) =>
  deeds.flatMap(({ name, what }): Line[] => [
    {
      ...{ what: `${what}, at 100 ms and 20 Mbit/s`, unit: 's', figure: `${name}Far` },
      reference: { what: 'without the delay', figure: name },
    },
    { what: `${what}: round trips that it waits for`, unit: '', figure: `${name}Trips` },
  ]);

/**
 * The same on a slow line. Of how many round trips a run waits for, one after the other, the difference tells: each costs 100 ms. The
 * kernels of the lab have no `tc netem`, so the line is a relay before the machine's sshd: it delays what is sent, not the opening of a
 * TCP connection, which costs one round trip more.
 */
export const slow: Row = {
  name: 'slow',
  byNameOnly: true,
  lines: linesOf(DEEDS),
  async measure(bench) {
    const root = await bench.earlier();
    const earlier = await done(
      DEEDS.filter(isOfAction),
      onThis(await bench.deployed(EARLIER, {}, root)),
      root,
    );
    await bench.release(EARLIER);
    return { ...asEarlier(earlier), ...(await done(DEEDS, onThis(await bench.deployed()))) };
  },
};

/** Each of these machines is used once. */
export const slowBare: Row = {
  name: 'slow-bare',
  byNameOnly: true,
  lines: linesOf(BARE),
  async measure(bench) {
    const onFresh: On = async work => {
      const machine = await bench.machine('slow');
      return work(machine).finally(() => bench.remove('slow'));
    };
    const earlier = await done(BARE.filter(isOfAction), onFresh, await bench.earlier());
    return { ...asEarlier(earlier), ...(await done(BARE, onFresh)) };
  },
};

const EARLIER = 'slow-earlier';

/** Gives a machine to what is done on it. */
type On = (work: (machine: Machine) => Promise<number>) => Promise<number>;

const onThis =
  (machine: Machine): On =>
  work =>
    work(machine);

/** Each deed without the delay and with it. @param root folder of the build, if it is not this one */
async function done(deeds: readonly Deed[], on: On, root?: string): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const { name, take } of deeds) {
    const nearS = await on(machine => take(machine, root));
    const farS = await on(machine => far(machine, each => take(each, root)));
    figures[name] = nearS;
    figures[`${name}Far`] = farS;
    figures[`${name}Trips`] = Math.round(((farS - nearS) * 1000) / ROUND_TRIP_MS);
  }
  return figures;
}

/** Does it over the slow line. */
async function far(machine: Machine, take: (machine: Machine) => Promise<number>): Promise<number> {
  await using line = await SshLine.to(machine, LINE);
  const { host = machine.host, port } = line.inputs;
  // Awaited here: the line is closed when this function returns.
  return await take({ ...machine, host, port: Number(port) });
}
