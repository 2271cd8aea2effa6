import { type MachineAddress, machinesIn, parseListedHost } from './address-inputs.ts';
import type { InputReader } from './input-reader.ts';

/** The input `remove-hosts`: machines that leave the cluster. @returns those that are written as an address is */
export function parseRemoveHosts(input: InputReader, mode: string): MachineAddress[] {
  const listed = machinesIn(input.text('remove-hosts'));
  if (listed.length > 0 && !['deploy', 'plan'].includes(mode))
    input.problem(
      ['remove-hosts', 'mode'],
      `machines leave the cluster in mode deploy, and mode ${mode} changes none of its members`,
    );
  return listed.flatMap(item => parseListedHost(input, item, 'remove-hosts') ?? []);
}
