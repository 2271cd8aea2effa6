import type { Fault } from '../../compose/reader/fault.ts';
import { faultProblems } from '../fault-problems.ts';
import { baseOf, inLayer } from '../layer.ts';
import { ofSeveralFiles } from '../parts.ts';
import type { Rule } from '../rule.ts';
import { isForSwarm } from '../swarm.ts';

export const undefinedReference: Rule = {
  id: 'undefined-reference',
  title: 'A name that nothing declares',
  severity: 'error',
  why: 'A service, a volume, a network, a secret or a config is named that the project does not have, or has only with a profile that is not switched on; Compose refuses it. It is a warning where the file is meant to be read with others: a comment names the compose file that it is put over, or it uses many names of a kind, or names from variables, and declares none.',
  fix: 'Correct the name, or declare what is missing: volumes, networks, secrets and configs each have a section at the top of the file. What may be missing with its profile is marked `required: false` under `depends_on`.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    depends_on: [zookeper]
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    depends_on: [init]
  init:
    image: busybox:1.37
`,
  },
  check: context => {
    const { faults, model, sources } = context;
    const hint = 'Correct the name, or declare it in the file.';
    const found = faultProblems(faults, 'undefined-reference', hint, nameIn).map(problem => {
      const base = baseOf(problem.place.file, sources);
      return base === undefined ? problem : inLayer(problem, base);
    });
    const problems = ofSeveralFiles(found, context);
    // Swarm passes depends_on over; Compose alone would refuse the file.
    return isForSwarm(model)
      ? problems.map(problem =>
          problem.message.includes(' depends on ') ? { ...problem, severity: 'warning' as const } : problem,
        )
      : problems;
  },
};

/** What is not declared, of whatever kind: told once for all who name it. */
const nameIn = ({ message }: Fault): string =>
  /^The \w+ "[^"]*"|"[^"]*", which is no service/.exec(message)?.[0] ?? message;
