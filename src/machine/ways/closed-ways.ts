import { ActionError } from '../../errors.ts';
import { refuseTakenPorts } from '../listening-ports.ts';
import type { Way, WayEnd, WayState } from './try-ways.ts';

/** What became of a try in words, after the way's name, and what opens it. */
const WORDS: Readonly<Record<Exclude<WayState, 'open'>, string>> = {
  silent: 'no answer: open it in the security group',
  refused: 'refused, and something does listen there: a firewall on the machine rejects it',
  unreachable: 'unreachable: no route leads there, or a firewall rejects it',
  strange: 'something else answers there',
};

/** How many ways the message itself names; the details name them all. */
const MOST_NAMED = 6;

/** `10.0.1.5 → 10.0.1.7:9093: no answer: open it in the security group` */
export const wayInWords = ({ from, to, port, state }: Way): string =>
  `${from.address} → ${to.address}:${port}: ${state === 'open' ? 'open' : WORDS[state]}`;

/**
 * @throws ActionError `way-closed` that names each closed way, with a rule to paste; `port-in-use` where something that is not of the
 *   cluster holds a port
 */
export async function refuseClosedWays(ways: readonly Way[]): Promise<void> {
  const closed = ways.filter(({ state }) => state !== 'open');
  await refuseStrangers(closed);
  const [first] = closed;
  if (!first) return;
  const named = closed.slice(0, MOST_NAMED).map(wayInWords).join('; ');
  const more = closed.length > MOST_NAMED ? `; and ${closed.length - MOST_NAMED} more` : '';
  throw new ActionError('way-closed', `the machines do not all reach one another: ${named}${more}`, {
    hint: hintFor(closed),
    details: closed.map(wayInWords),
  });
}

/** A port that is held, and not by a node of the cluster: whose it is, is known on its machine. */
async function refuseStrangers(closed: readonly Way[]): Promise<void> {
  const held = closed.filter(({ state, isBusy }) => state === 'strange' && isBusy);
  for (const to of new Set(held.map(way => way.to))) {
    const ports = new Set(held.filter(way => way.to === to).map(({ port }) => port));
    await refuseHeld(to, [...ports]);
  }
}

async function refuseHeld({ name, host, address }: WayEnd, ports: readonly number[]): Promise<void> {
  const wanted = ports.map(port => ({ address, port, service: 'kafka' }));
  try {
    await refuseTakenPorts(host, wanted);
  } catch (thrown) {
    throw thrown instanceof ActionError ? thrown.with({ message: `${name}: ${thrown.message}` }) : thrown;
  }
}

function hintFor(closed: readonly Way[]): string {
  const ports = closed.map(({ port }) => port);
  const [from, to] = [Math.min(...ports), Math.max(...ports)];
  const range = from === to ? `${from}` : `${from}-${to}`;
  const states = new Set(closed.map(({ state }) => state));
  const remedies = [
    ...(states.has('silent') || states.has('unreachable')
      ? [
          `In the security group of the machines let its own members in: aws ec2 authorize-security-group-ingress --group-id GROUP --source-group GROUP --protocol tcp --port ${range} (GROUP is its id, sg-…).`,
        ]
      : []),
    ...(states.has('refused') || states.has('unreachable')
      ? ['On the machine behind the arrow, a firewall shows in sudo iptables -S and sudo nft list ruleset.']
      : []),
    ...(states.has('strange')
      ? [
          'Where something else answers, two machines may have the same address: private-addresses says which to take.',
        ]
      : []),
  ];
  return `${remedies.join(' ')} Then run again: nothing was deployed.`;
}
