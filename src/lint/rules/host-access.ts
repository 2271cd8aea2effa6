import { hostAccessOf } from '../../compose/host-access/host-access.ts';
import type { Rule } from '../rule.ts';

export const hostAccess: Rule = {
  id: 'host-access',
  title: 'A container that gets something of the machine',
  severity: 'warning',
  why: "Docker runs as root. A container that is privileged, has a folder of the machine (`/`, `/etc`, Docker's socket), a device, a further right (`cap_add`), or the machine's processes or network, can mostly make itself root on the machine; whoever writes the compose file can then, too. The same goes for a volume that is a folder of the machine (`driver_opts`), for files outside of the compose file's folder, and for what `extends` brings along. Kafka needs none of it.",
  fix: 'Take it out: use named volumes for data, and published ports in place of `network_mode: host`. When the file comes from a pull request the action refuses to deploy it, unless `allow-host-access` says that whoever opens a pull request may be root on the machine.',
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
  check: ({ model }) =>
    hostAccessOf({ model, isStranger: false }).map(access => ({
      ...access,
      hint: 'Take it out, unless whoever may change this file may be root on the machine.',
    })),
};
