import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/**
 * `sh -c GUARD sh OPERATION PROJECT`: before Docker 28 a neighbour on the machine's own network reaches a container by its own
 * address, or by 127.0.0.1, although its ports are published on 127.0.0.1 (moby #45610). As Docker 28 does, packets for a
 * network of the project are dropped in the raw table unless they come from a bridge of Docker's; the machine's own do not pass there. All of its
 * bridges (`br-…`) may pass, for a rule that is left behind must not stand in the way of another network with the same addresses.
 * Rules carry the project's name in their comment: they are known again, and go with the project. They outlive a restart of the
 * Docker Engine, not of the machine.
 * Prints `open` when a rule is missing or is one too many; nothing when all is right, or cannot be set.
 */
const GUARD = `
tag="kafka-al2023-$2"
major=$(docker version --format '{{.Server.Version}}' | cut -d. -f1)
[ "\${major:-28}" -lt 28 ] 2>/dev/null && [ "$1" != remove ] && bridges=$(docker network ls -q --filter driver=bridge --filter "label=com.docker.compose.project=$2")
wanted() {
  [ -n "$bridges" ] || return 0
  echo iptables 127.0.0.0/8 lo
  docker network inspect --format '{{$name := index .Options "com.docker.network.bridge.name"}}{{range .IPAM.Config}}{{.Subnet}} {{if $name}}{{$name}}{{else}}br-+{{end}}
{{end}}' $bridges | while read -r subnet bridge; do
    case $subnet in
    '') ;;
    *:*) echo "ip6tables $subnet $bridge" ;;
    *) echo "iptables $subnet $bridge" ;;
    esac
  done
}
tagged() { "$1" -w -t raw -S PREROUTING 2>/dev/null | grep -F -- "--comment $tag -j"; }
rule() { "$1" -w -t raw "$2" PREROUTING -d "$3" ! -i "$4" -m comment --comment "$tag" -j DROP; }
remove() {
  for tool in iptables ip6tables; do
    tagged $tool | sed 's/^-A/-D/' | while read -r line; do $tool -w -t raw $line; done
  done
}
command -v iptables >/dev/null || exit 0
case $1 in
look)
  wanted | while read -r tool subnet bridge; do
    rule "$tool" -C "$subnet" "$bridge" 2>/dev/null || echo open
  done
  [ "$(wanted | grep -c .)" -ge "$( (tagged iptables; tagged ip6tables) | grep -c .)" ] || echo open
  ;;
set)
  remove
  wanted | while read -r tool subnet bridge; do rule "$tool" -I "$subnet" "$bridge"; done
  ;;
remove) remove ;;
esac
exit 0`;

const guard = (host: Host, operation: 'look' | 'set' | 'remove', project: string) =>
  mustRun(host, {
    argv: ['sh', '-c', GUARD, 'sh', operation, project],
    sudo: true,
    isLook: operation === 'look',
  });

/** @returns whether neighbours of the machine reach the project's containers past 127.0.0.1 */
export async function isOpenToNeighbours(host: Host, project: string): Promise<boolean> {
  return (await guard(host, 'look', project)).stdout.includes('open');
}

/** Keeps neighbours of the machine out of the project's networks. */
export async function keepNeighboursOut(host: Host, project: string): Promise<void> {
  await guard(host, 'set', project);
}

/** Takes back what `keepNeighboursOut` did: the project's networks are gone. */
export async function takeGuardBack(host: Host, project: string): Promise<void> {
  await guard(host, 'remove', project);
}
