import { ActionError, lastLines } from '../../errors.ts';

/** What the Docker Engine cannot do as long as nobody helps it, by its own words, and the command that helps. */
const KNOWN: readonly { readonly words: RegExp; readonly says: string; readonly hint: string }[] = [
  {
    words:
      /no chain\/target\/match by that name|iptables(?:-\w+)?[^\n]*chain[^\n]*does not exist|unable to (?:insert|append)[^\n]*iptables/i,
    says: "the Docker Engine's rules are gone from the machine's firewall (somebody has flushed or reloaded iptables)",
    hint: 'Docker makes them anew when it starts: sudo systemctl restart docker. Containers with a restart policy come up again by themselves.',
  },
  {
    words:
      /could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted|no available (?:IPv4 )?(?:network|addresses)/i,
    says: 'the Docker Engine has no range of addresses left for another network',
    hint: 'Remove networks that nobody uses: sudo docker network prune (sudo docker network ls shows them all), or give Docker more in default-address-pools of /etc/docker/daemon.json and sudo systemctl restart docker.',
  },
  {
    words: /\bid already in use|cannot delete running task/i,
    says: 'the Docker Engine has lost track of a container whose processes still run (it was killed while it worked)',
    hint: 'End what it cannot end: sudo reboot. Containers with a restart policy come up again by themselves.',
  },
  {
    words: /pool overlaps with other one on this address space/i,
    says: "a network's addresses are taken by another network of Docker",
    hint: 'Change the subnet in the compose file, or remove the other network: sudo docker network ls',
  },
];

/** @returns the error for what Docker Compose showed, when the engine itself could not do what it was asked */
export function engineFailure(output: string): ActionError | undefined {
  const known = KNOWN.find(({ words }) => words.test(output));
  if (!known) return undefined;
  const line = lastLines(output, 100).findLast(each => known.words.test(each)) ?? '';
  return new ActionError('stack-failed', `${known.says}: ${withoutPrefix(line)}`, {
    hint: known.hint,
    details: lastLines(output),
  });
}

/** The engine's last word of what went wrong, or Compose's own. */
export function lastReason(output: string): string | undefined {
  const lines = lastLines(output, 100);
  const line = lines.findLast(each => /error response from daemon|^error|failed/i.test(each)) ?? lines.at(-1);
  return line === undefined ? undefined : withoutPrefix(line);
}

const withoutPrefix = (line: string) => line.trim().replace(/^.*?Error response from daemon:\s*/i, '');
