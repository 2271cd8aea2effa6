import { type MachineAddress, parseListedHost } from './address-inputs.ts';
import { type InputReader, shown } from './input-reader.ts';

/** A machine that is lost for good, and the one of the list that takes its node. */
export interface Replacement<Machine> {
  readonly old: Machine;
  /** Its name in the list. */
  readonly successor: string;
}

/**
 * The input `replace`: `OLD=NEW`, both as the input `host` names machines.
 * @param machines those of the list
 * @param listedAs a machine at an address, with the user, port and keys of the others
 * @returns undefined when no machine is to be replaced, or what is given is wrong, which is noted then
 */
export function parseReplacement<Machine extends { readonly name: string }>(
  input: InputReader,
  mode: string,
  machines: readonly Machine[],
  listedAs: (address: MachineAddress) => Machine,
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
  const [gone, { name }] = [listedAs(lost), listedAs(next)];
  const isListed = (wanted: string) => machines.some(machine => machine.name === wanted);
  if (isListed(gone.name))
    return refuse(`names ${gone.name} as lost, and host lists it: take it out of the list`);
  if (!isListed(name)) return refuse(`gives the node to ${name}, which host does not list: add it there`);
  return { old: gone, successor: name };
}
