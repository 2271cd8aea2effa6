import { Line as SshLine } from '../../test/drill/support/line.ts';
import type { Machine } from '../../test/integration/support/lab.ts';
import { measureAction } from '../action.ts';
import { script, sshTo, time } from '../bench.ts';
import type { Line, Row } from '../row.ts';

/** What a runner far away has: 100 ms there and back, 20 Mbit/s each way. */
const ROUND_TRIP_MS = 100;
const LINE = { delayMs: ROUND_TRIP_MS / 2, bytesPerS: 20e6 / 8 };

interface Deed {
  readonly name: string;
  readonly what: string;
  /** @returns seconds */
  readonly take: (machine: Machine) => Promise<number>;
}

const action =
  (inputs: Readonly<Record<string, string>> = {}) =>
  async (machine: Machine) =>
    (await measureAction(machine, inputs)).tookS;

const DEEDS: readonly Deed[] = [
  {
    name: 'ssh',
    what: '`ssh host true`',
    take: async machine => (await time([...sshTo(machine), 'true'])).tookS,
  },
  { name: 'plan', what: '`mode: plan`, converged', take: action({ mode: 'plan' }) },
  { name: 'smokeTest', what: '`mode: smoke-test`', take: action({ mode: 'smoke-test' }) },
  { name: 'again', what: 'second run', take: action() },
];

const BARE: readonly Deed[] = [
  {
    name: 'session',
    what: 'the guide in one SSH session, bare machine',
    take: async machine => (await time(script('guide-in-one-session', ...sshTo(machine)))).tookS,
  },
  { name: 'bare', what: 'bare machine → proven', take: action() },
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
    const machine = await bench.deployed();
    const figures: Record<string, number> = {};
    for (const { name, take } of DEEDS) note(figures, name, await take(machine), await far(machine, take));
    return figures;
  },
};

/** Each of these machines is used once. */
export const slowBare: Row = {
  name: 'slow-bare',
  byNameOnly: true,
  lines: linesOf(BARE),
  async measure(bench) {
    const onFresh = async (work: Deed['take']) => {
      const machine = await bench.machine('slow');
      return work(machine).finally(() => bench.remove('slow'));
    };
    const figures: Record<string, number> = {};
    for (const { name, take } of BARE)
      note(figures, name, await onFresh(take), await onFresh(machine => far(machine, take)));
    return figures;
  },
};

function note(figures: Record<string, number>, name: string, nearS: number, farS: number): void {
  figures[name] = nearS;
  figures[`${name}Far`] = farS;
  figures[`${name}Trips`] = Math.round(((farS - nearS) * 1000) / ROUND_TRIP_MS);
}

/** Does it over the slow line. */
async function far(machine: Machine, take: Deed['take']): Promise<number> {
  await using line = await SshLine.to(machine, LINE);
  const { host = machine.host, port } = line.inputs;
  // Awaited here: the line is closed when this function returns.
  return await take({ ...machine, host, port: Number(port) });
}
