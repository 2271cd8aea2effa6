import { isImageName } from '../../compose/kafka/images.ts';
import { isKnown, shown } from '../../compose/reader/checks/unset.ts';
import type { Place } from '../../compose/reader/place.ts';
import { faultProblems } from '../fault-problems.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const variableUnset: Rule = {
  id: 'variable-unset',
  title: 'A variable without a value',
  severity: 'warning',
  why: `Compose puts nothing in its place and goes on, with no more than a warning. What the file means with it is not judged here, but for the name of an image: without its variable \`apache/kafka:\${TAG}\` is none, and Docker stops. A variable is told of once, with its places; those that are set wherever Compose runs, such as \`PWD\` and \`HOME\`, are not.`,
  fix: `Give it a default in the file (\`\${NAME:-default}\`), a value in a \`.env\` file beside it, or set it where Compose runs.`,
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    hostname: \${KAFKA_HOST}
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    hostname: \${KAFKA_HOST:-kafka}
`,
  },
  check: context => {
    const problems = faultProblems(
      context.faults,
      'variable-unset',
      `Give the variable a default, \${NAME:-default}, or a value in .env.`,
    );
    const images = impossibleImages(context);
    const left = new Map<string | undefined, string>();
    for (const { cause, place } of problems) {
      const image = images.get(keyOf(place));
      if (image !== undefined && !left.has(cause)) left.set(cause, image);
    }
    return problems.map(problem => {
      const image = left.get(problem.cause);
      return image === undefined ? problem : withoutImage(problem, image);
    });
  },
};

const keyOf = ({ file, start }: Place) => `${file} ${start}`;

/** What unset variables leave of images' names, where Docker cannot read it. A profile that is off starts nothing. */
function impossibleImages({ model }: LintContext): Map<string, string> {
  const images = model.services
    .filter(({ profiles }) => profiles.length === 0)
    .flatMap(({ image }) => image ?? [])
    .filter(image => image.unresolved.length > 0 && isKnown(image) && !isImageName(image.text));
  return new Map(images.map(({ place, text }) => [keyOf(place), text]));
}

function withoutImage(problem: Problem, left: string): Problem {
  const end = `: ${shown(left)} is left, which is no name of an image, and Docker stops with "invalid reference format".`;
  return { ...problem, message: problem.message.replace(/\.$/, end) };
}
