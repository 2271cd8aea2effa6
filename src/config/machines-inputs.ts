import { isIPv4 } from 'node:net';
import { RACK } from '../compose/deployment/node-plan.ts';
import type { Connection } from '../host/connection.ts';
import { type MachineAddress, machinesIn, parseListedHost } from './address-inputs.ts';
import { type InputReader, shown, shownEach } from './input-reader.ts';
import { INPUT_DEFAULTS, type InputName } from './inputs.ts';
import { parseRebalance, type RebalanceConfig } from './rebalance-inputs.ts';
import { parseRemoveHosts } from './remove-hosts-input.ts';
import { parseReplacement, type Replacement } from './replace-input.ts';

/** The machines that make a cluster together, in the order of the input `host`. */
export interface MachinesConfig {
  readonly machines: readonly ListedMachine[];
  /** So many of the first are controllers: the quorum. */
  readonly controllers: 3 | 5;
  /** On so many machines at most is work done at the same time. */
  readonly parallel: number;
  /** That the partitions are spread over all brokers, when it is wanted. */
  readonly rebalance?: RebalanceConfig;
  /** Machines that leave the cluster. */
  readonly leaving?: LeavingConfig;
  /** A machine whose node goes to another one. */
  readonly replacement?: Replacement<ListedMachine>;
}

/** The machines that leave a cluster, in the order of the input `remove-hosts`. */
interface LeavingConfig {
  readonly machines: readonly ListedMachine[];
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
}

export interface ListedMachine {
  /** As messages name it: the host, with the port where the list gives one. */
  readonly name: string;
  readonly connection: Connection;
  /** Its private address, where it is given. */
  readonly privateAddress?: string;
  /** Its rack, where it is given. */
  readonly rack?: string;
}

/** Controllers of a cluster decide by majority: of two, none may fail. */
const FEWEST = 3;
/** The controllers wait for each other when they start: a smaller bound would keep them apart. */
const PARALLEL = { min: FEWEST, max: 256 };

/**
 * The inputs of a cluster over several machines.
 * @param connection to the first machine: the same user, port and keys count for the others
 * @returns undefined when `host` names one machine
 */
export function parseMachines(
  input: InputReader,
  mode: string,
  connection: Connection,
): MachinesConfig | undefined {
  const listed = machinesIn(input.text('host'));
  if (listed.length < 2) {
    refuseForOne(input);
    return undefined;
  }
  const controllers = input.oneOf('controllers', ['3', '5'] as const) === '5' ? 5 : 3;
  const parallel = input.integer('parallel', PARALLEL);
  const { rebalance, throttle } = parseRebalance(input, mode);
  refuseTooFew(input, listed.length, controllers);
  refuseWithSeveral(input, mode);
  const addresses = listed.flatMap(item => parseListedHost(input, item) ?? []);
  const privateAddresses = parsePrivateAddresses(input, listed.length);
  const racks = parseRacks(input, listed.length);
  const leavingAddresses = parseRemoveHosts(input, mode);
  if (connection.kind === 'local') return undefined;
  const machineAt = (address: MachineAddress): ListedMachine => {
    const { host, user = connection.target.username, port = connection.target.port } = address;
    const target = { ...connection.target, host, username: user, port };
    return { name: nameIn(address), connection: { ...connection, target } };
  };
  const machines = addresses.map(
    (address, index): ListedMachine => ({
      ...machineAt(address),
      privateAddress: privateAddresses[index],
      rack: racks[index],
    }),
  );
  const leaving = leavingAddresses.map(machineAt);
  refuseSame(input, 'host', machines);
  refuseSame(input, 'remove-hosts', leaving);
  refuseBoth(input, machines, leaving);
  const replacement = parseReplacement(input, mode, { machines, leaving, machineAt, placeOf });
  return {
    ...{ machines, controllers, parallel, rebalance },
    ...(replacement ? { replacement } : {}),
    ...(leaving.length > 0 ? { leaving: { machines: leaving, throttle } } : {}),
  };
}

const nameOf = ({ name }: ListedMachine) => name;

/** No machine stays and leaves. */
function refuseBoth(
  input: InputReader,
  staying: readonly ListedMachine[],
  leaving: readonly ListedMachine[],
): void {
  const places = new Set(staying.map(placeOf));
  const both = leaving.filter(machine => places.has(placeOf(machine))).map(nameOf);
  if (both.length > 0)
    input.problem(
      ['remove-hosts', 'host'],
      `${both.map(shown).join(', ')} cannot stay in the cluster and leave it: take it out of host`,
    );
}

/** The same for the same machine, however it is written. */
const placeOf = ({ name, connection }: ListedMachine) =>
  connection.kind === 'local' ? name : `${connection.target.host.toLowerCase()} ${connection.target.port}`;

/** No machine is there twice, be it with its port or in capital letters. */
function refuseSame(input: InputReader, name: InputName, machines: readonly ListedMachine[]): void {
  refuseTwice(input, name, machines.map(nameOf));
  for (const [index, machine] of machines.entries()) {
    const twin = machines.slice(0, index).find(other => placeOf(other) === placeOf(machine));
    if (twin && twin.name !== machine.name)
      input.problem(
        [name],
        `${shown(machine.name)} is the same machine as ${shown(twin.name)}: name it once`,
      );
  }
}

function nameIn({ host, port }: MachineAddress): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Inputs that mean nothing with one machine: whoever gives them has a list in mind. */
function refuseForOne(input: InputReader): void {
  const numbers = ['controllers', 'parallel', 'rebalance-throttle'] as const satisfies InputName[];
  for (const name of [
    ...numbers,
    'private-addresses',
    'racks',
    'rebalance',
    'remove-hosts',
    'replace',
  ] as const)
    if (input.text(name).toLowerCase() !== INPUT_DEFAULTS[name])
      input.problem([name, 'host'], 'it goes with several machines, and host names one');
}

function refuseTooFew(input: InputReader, count: number, controllers: number): void {
  if (count < FEWEST)
    input.problem(
      ['host'],
      `${count} machines make no quorum: the controllers of a cluster decide by majority, and of two none may fail. Give three or more, or one`,
    );
  else if (count < controllers)
    input.problem(
      ['controllers', 'host'],
      `${controllers} controllers need as many machines, and host names ${count}`,
    );
}

/** What works on one machine only, for now. */
function refuseWithSeveral(input: InputReader, mode: string): void {
  const refuse = (name: InputName, why: string) => input.problem([name, 'host'], why);
  if (input.has('compose-file'))
    refuse('compose-file', 'a compose file describes what runs on one machine; with several use stack kraft');
  else if (['deploy', 'plan'].includes(mode) && input.text('stack') !== 'kraft' && !input.hasProblem('stack'))
    refuse(
      'stack',
      `${shown(input.text('stack'))} is made for one machine; several take stack kraft, whose controllers need no ZooKeeper`,
    );
  const onOneOnly = {
    environment: 'environments share a machine, and cannot share several yet: leave it out',
    'bootstrap-servers':
      'either of the two names the cluster: name one machine to prove a cluster from there',
    'schema-registry-url': 'it goes with bootstrap-servers; over several machines it is known',
    'client-properties': 'the cluster has certificates of its own, which the action makes',
  } as const satisfies Partial<Record<InputName, string>>;
  for (const [name, why] of Object.entries(onOneOnly) as [InputName, string][])
    if (input.has(name)) refuse(name, why);
}

/** No address of one machine among others: of none, of the machine itself, of the link alone, of groups. */
const NOT_REACHED = /^(0|127|169\.254|22[4-9]|23\d|24\d|25[0-5])\./;

function parsePrivateAddresses(input: InputReader, count: number): string[] {
  const addresses = input.items('private-addresses');
  const wrong = addresses.filter(address => !isIPv4(address));
  const useless = addresses.filter(address => NOT_REACHED.test(address));
  if (wrong.length > 0) input.problem(['private-addresses'], `${shownEach(wrong)} not an IPv4 address`);
  else if (useless.length > 0)
    input.problem(
      ['private-addresses'],
      `${shownEach(useless)} not an address at which other machines find this one: give the one that it has in their network`,
    );
  else if (addresses.length > 0 && addresses.length !== count)
    input.problem(
      ['private-addresses', 'host'],
      `${addresses.length} addresses for ${count} machines: give one for each, in the same order`,
    );
  else refuseTwice(input, 'private-addresses', addresses);
  return addresses;
}

/** Several machines may stand in one rack. */
function parseRacks(input: InputReader, count: number): string[] {
  const racks = input.items('racks');
  const wrong = racks.filter(rack => !RACK.test(rack));
  if (wrong.length > 0)
    input.problem(
      ['racks'],
      `${shownEach(wrong)} not the name of a rack: up to 64 letters, digits, dots, dashes and underscores`,
    );
  else if (racks.length > 0 && racks.length !== count)
    input.problem(
      ['racks', 'host'],
      `${racks.length} racks for ${count} machines: give one for each, in the same order; several may have the same`,
    );
  return racks;
}

function refuseTwice(input: InputReader, name: InputName, values: readonly string[]): void {
  const twice = [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
  if (twice.length > 0) input.problem([name], `${shownEach(twice)} there more than once`);
}
