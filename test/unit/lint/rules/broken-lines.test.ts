import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const found = (...lines: string[]) => {
  const text = `services:\n  topics:\n    image: confluentinc/cp-kafka:7.9.2\n${lines.map(line => `    ${line}\n`).join('')}`;
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId === 'command-program-missing')
    .map(({ place }) => `${place.line} ${text.slice(place.start, place.end)}`);
};
const CREATE = 'kafka-topics --bootstrap-server k.example.org:9092 --create';

describe('an option behind a line break', () => {
  it.each<[string, string[], string[]]>([
    [
      'that is kept because the line is indented deeper',
      ['command: >', '  bash -c "', `    ${CREATE}`, '      --topic a &&', '    echo done"'],
      ['7 --topic'],
    ],
    [
      'that a literal text keeps',
      ['command:', '  - sh', '  - -c', '  - |', `    ${CREATE}`, '    --topic a'],
      ['9 --topic'],
    ],
    [
      'that a list of commands has',
      [
        'entrypoint: ["bash", "-c"]',
        'command:',
        '  - |',
        `    if true; then ${CREATE}`,
        '      --topic a',
        '    fi',
      ],
      ['8 --topic'],
    ],
    [
      'that is a space, for all lines are indented alike',
      ['command: >', '  bash -c "', `  ${CREATE}`, '  --topic a"'],
      [],
    ],
    [
      'that a backslash takes away',
      ['command:', '  - sh', '  - -c', '  - |', `    ${CREATE} \\`, '      --topic a'],
      [],
    ],
    ['in quotes', ['command:', '  - sh', '  - -c', '  - |', "    echo 'a", "    --b'"], []],
    [
      'in a text for a program',
      ['command:', '  - sh', '  - -c', '  - |', '    cat << END', '    --b', '    END'],
      [],
    ],
    [
      'in a list of the shell',
      ['command:', '  - bash', '  - -c', '  - |', '    A=(', '    --b', '    )'],
      [],
    ],
    ['without a shell', ['command: >', `  ${CREATE}`, '    --topic a'], []],
  ])('%s', (_, lines, expected) => expect(found(...lines)).toEqual(expected));
});
