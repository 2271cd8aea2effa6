import { removeLines } from '../fixes/edits.ts';
import type { Rule } from '../rule.ts';
import { isForSwarm } from '../swarm.ts';

export const obsoleteVersion: Rule = {
  id: 'obsolete-version',
  title: 'The obsolete key version',
  severity: 'warning',
  why: 'Docker Compose 2 ignores `version` and warns about it with every command. A file for Docker Swarm (an overlay network, `placement`) keeps it: `docker stack deploy` may demand it.',
  fix: 'Take the line out.',
  safeFix: 'The line is taken out: nothing reads it.',
  example: {
    bad: `version: '3'
services:
  app:
    image: busybox:1.37
`,
    good: `services:
  app:
    image: busybox:1.37
`,
  },
  check: ({ model, sources }) =>
    (isForSwarm(model) ? [] : model.versions).map(({ key, whole }) => {
      const source = sources.get(key.file);
      const edit = source && removeLines(source, whole);
      return {
        place: key,
        message: 'Docker Compose ignores "version" and warns about it.',
        hint: 'Take the line out.',
        edits: edit && [edit],
      };
    }),
};
