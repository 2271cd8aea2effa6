import type { Service } from '../../compose/reader/model.ts';
import type { Problem, Rule } from '../rule.ts';

export const pathOfOneMachine: Rule = {
  id: 'path-of-one-machine',
  title: "A path in one person's home directory",
  severity: 'warning',
  why: 'A path such as `/Users/anna/kafka` or `C:\\Users\\anna\\kafka` is there on the machine of one person alone. Anywhere else Docker makes an empty folder at it, or refuses the container; what the program was to find there is missing. An empty folder over one of the image hides what the image has there.',
  fix: 'Put the files into the repository and name them from the folder of the compose file (`./plugins`), use a named volume for data, or take the path from a variable.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    volumes:
      - /Users/anna/plugins:/plugins
`,
    good: `services:
  app:
    image: busybox:1.37
    volumes:
      - ./plugins:/plugins
`,
  },
  check: ({ model }) => model.services.flatMap(problemsOf),
};

/**
 * Home directories of macOS and Windows, which are nobody's servers; as Windows itself, Git Bash and WSL write them. Those of Linux
 * (`/home/NAME`) may be a server's.
 */
const HOME =
  /^(?:\/Users\/(?!Shared(?:\/|$))[^/]+|(?:[A-Za-z]:|\/{1,2}(?:mnt\/)?[a-z])[\\/]Users[\\/](?!Public(?:[\\/]|$))[^\\/]+)/i;

function problemsOf({ name, mounts }: Service): Problem[] {
  return mounts.flatMap(({ type, source, place, unresolved = [] }) => {
    const home = type === 'bind' && unresolved.length === 0 ? HOME.exec(source ?? '')?.[0] : undefined;
    if (home === undefined) return [];
    const message = `"${name}" mounts ${source}, which is in one person's home directory: on any other machine there is nothing at it.`;
    const hint = 'Name it from the folder of the compose file (./…), or take the path from a variable.';
    return [{ place, cause: home, message, hint }];
  });
}
