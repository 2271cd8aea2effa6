import { hostAccessOf } from '../../compose/host-access/host-access.ts';
import type { HostAccess } from '../../compose/host-access/look.ts';
import { foldersAbove } from '../../compose/host-access/paths.ts';
import type { Rule } from '../rule.ts';

export const hostAccess: Rule = {
  id: 'host-access',
  title: 'A container that gets something of the machine',
  severity: 'warning',
  why: "Docker runs as root. A container that is privileged, has a folder on which the machine lives (`/`, `/etc`, `/proc`, Docker's socket), a device, a further right (`cap_add`), or the machine's processes or network, can mostly make itself root on the machine; whoever writes the compose file can then, too. The same goes for a volume that is such a folder (`driver_opts`), for files outside of the repository, and for what `extends` brings along. Kafka needs none of it. Folders made for the containers (`/data/kafka`), the machine's time zone and folders of the same repository are not told.",
  fix: 'Take it out: use named volumes for data, and published ports in place of `network_mode: host`. When the file comes from a pull request the action refuses to deploy it, unless `allow-host-access` says that whoever opens a pull request may be root on the machine; there every folder but those below the compose file counts, and what depends on a variable.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    privileged: true
    volumes:
      - /:/host
`,
    good: `services:
  app:
    image: busybox:1.37
    volumes:
      - data:/data
volumes:
  data:
`,
  },
  check: ({ model, sources }) => {
    const [composeFile = ''] = sources.keys();
    const look = { model, isStranger: false, foldersAbove: foldersAbove(composeFile) } as const;
    return hostAccessOf(look).map(access => ({
      ...access,
      hint: hintFor(access),
    }));
  },
};

const hintFor = ({ cause, place: { file } }: HostAccess) =>
  cause === 'network_mode'
    ? 'Publish the ports that are needed instead, unless it is meant.'
    : `Take it out, unless whoever may change ${file} may be root on the machine.`;
