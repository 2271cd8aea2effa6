import { type MachineAddress, parseListedHost } from './address-inputs.ts';
import { type InputReader, shown } from './input-reader.ts';

/** A machine that is lost for good, and the one of the list that takes its node. */
export interface Replacement<Machine> {
  readonly old: Machine;
  /** Its name in the list. */
  readonly successor: string;
}

interface Among<Machine> {
  /** Those of the list. */
  readonly machines: readonly Machine[];
  /** Those that leave. */
  readonly leaving: readonly Machine[];
  /** A machine at an address, with the user, port and keys of the others. */
  readonly machineAt: (address: MachineAddress) => Machine;
  /** The same for the same machine, however it is written. */
  readonly placeOf: (machine: Machine) => string;
}

/**
 * The input `replace`: `OLD=NEW`, both as the input `host` names machines.
 * @returns undefined when no machine is to be replaced, or what is given is wrong, which is noted then
 */
export function parseReplacement<Machine extends { readonly name: string }>(
  input: InputReader,
  mode: string,
  { machines, leaving, machineAt, placeOf }: Among<Machine>,
): Replacement<Machine> | undefined {
  if (!input.has('replace')) return undefined;
  const text = input.text('replace');
  const refuse = (why: string) => {
    input.problem(['replace'], `${shown(text)} ${why}`);
    return undefined;
  };
  if (!['deploy', 'plan'].includes(mode)) {
    input.problem(
      ['replace', 'mode'],
      `a machine is replaced by mode deploy, and mode ${mode} replaces none`,
    );
    return undefined;
  }
  if (/[\n,]/.test(text)) return refuse('names more than one machine: replace one, then the next');
  const [old = '', successor = '', ...more] = text.split('=').map(part => part.trim());
  if (old === '' || successor === '' || more.length > 0) return refuse('is not of the form OLD=NEW');
  const [lost, next] = [parseListedHost(input, old, 'replace'), parseListedHost(input, successor, 'replace')];
  if (!lost || !next) return undefined;
  const [gone, heir] = [machineAt(lost), machineAt(next)];
  const find = (wanted: Machine, among: readonly Machine[]) =>
    among.find(machine => placeOf(machine) === placeOf(wanted));
  if (find(gone, machines))
    return refuse(`names ${gone.name} as lost, and host lists it: take it out of the list`);
  if (find(gone, leaving)) {
    input.problem(
      ['replace', 'remove-hosts'],
      `${shown(gone.name)} cannot give its node to another machine and leave with it: name it in one of the two`,
    );
    return undefined;
  }
  const listed = find(heir, machines);
  if (!listed) return refuse(`gives the node to ${heir.name}, which host does not list: add it there`);
  return { old: gone, successor: listed.name };
}
