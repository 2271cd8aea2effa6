import { hostAccessOf } from '../../compose/host-access/host-access.ts';
import type { Rule } from '../rule.ts';

export const hostAccess: Rule = {
  id: 'host-access',
  title: 'A container that gets something of the machine',
  severity: 'warning',
  why: "Docker runs as root. A container that is privileged, has a folder that the machine lives in (`/`, `/etc`, Docker's socket), a device, a further right (`cap_add`), or the machine's processes, can mostly make itself root on the machine; whoever writes the compose file can then, too. Kafka needs none of it. Of a file that comes from a pull request more is refused, which files of one's own have on purpose: the machine's network, any folder or file outside of the compose file's folder, and a volume that is a folder of the machine (`driver_opts`).",
  fix: 'Take it out: use named volumes for data. When the file comes from a pull request the action refuses to deploy it, unless `allow-host-access` says that whoever opens a pull request may be root on the machine.',
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
    hostAccessOf({ model, isStranger: false })
      .filter(({ isUsual }) => !isUsual)
      .map(({ place, message }) => ({
        place,
        message,
        hint: 'Take it out, unless whoever may change this file may be root on the machine.',
      })),
};
