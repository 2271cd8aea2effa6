import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const TEXT = `services:
  app:
    image: example.org/app:1
    networks: [backbone]
    secrets: [password]
`;
const found = (path: string, files: Readonly<Record<string, string>>) =>
  lintCompose([{ path, text: TEXT }], { readFile: name => files[name] }).map(({ ruleId }) => ruleId);
const including = (...names: readonly string[]) =>
  `include:\n${names.map(name => `  - ${name}\n`).join('')}networks:\n  backbone:\n`;
const REFUSED = ['undefined-reference', 'undefined-reference'];
const PATH = 'infra/kafka/docker-compose.yml';

describe('a name that the file does not declare', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['alone', {}, REFUSED],
    ['with a file above that includes it', { 'docker-compose.yml': including(PATH) }, []],
    [
      'with a file in between that includes it',
      { 'infra/compose.yaml': including('./kafka/docker-compose.yml') },
      [],
    ],
    ['with its path written out', { 'compose.yml': including(`path: ${PATH}`) }, []],
    ['with one of several paths', { 'compose.yml': including(`path: [infra/a.yml, ${PATH}]`) }, []],
    [
      'with a file above that includes the one beside it',
      { 'compose.yml': including('infra/kafka/ui.yml') },
      [],
    ],
    [
      'with a file above that includes another',
      { 'compose.yml': including('infra/redis/compose.yml') },
      REFUSED,
    ],
    ['with a file above that includes nothing', { 'compose.yml': 'services: {}\n' }, REFUSED],
    ['with a file above that cannot be read', { 'compose.yml': 'include: [\n' }, REFUSED],
    ['with a file above that has the word in a comment', { 'compose.yml': `# include: ${PATH}\n` }, REFUSED],
  ])('is told %s', (_, files, expected) => expect(found(PATH, files)).toEqual(expected));

  it('is told of the including file itself', () => {
    const files = { 'docker-compose.yml': including('other.yml') };
    expect(found('docker-compose.yml', files)).toEqual(REFUSED);
    expect(found('other.yml', files)).toEqual([]);
  });
});
