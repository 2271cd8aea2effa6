import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const compose = (envFile: string) => `services:
  app:
    image: x/app:1
    hostname: \${HOST_NAME}
    user: \${USER_ID}
    domainname: \${OTHER}
${envFile}`;
const told = (files: Readonly<Record<string, string>>, envFile = '') =>
  lintCompose([{ path: 'at/compose.yml', text: compose(envFile) }], { readFile: path => files[path] }).map(
    ({ ruleId, place, also = [], hint }) =>
      `${ruleId} ${[place, ...also].map(({ line }) => line)}${/copy/i.test(hint) ? ' copy' : ''}`,
  );

const TEMPLATE = 'HOST_NAME=kafka\nUSER_ID=1000\nUNUSED=1\n';

describe('variables of a .env that is not there', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['one by one without a file that shows them', {}, ['4', '5', '6']],
    ['as one where a file names them', { 'at/.env.example': TEMPLATE }, ['4,5 copy', '6']],
    ['as one by another name', { 'at/.env.dist': TEMPLATE }, ['4,5 copy', '6']],
    ['one by one for a file elsewhere', { '.env.example': TEMPLATE }, ['4', '5', '6']],
    ['one by one beside a .env', { 'at/.env.example': TEMPLATE, 'at/.env': 'A=1\n' }, ['4', '5', '6']],
    ['one by one where only one is named', { 'at/.env.example': 'USER_ID=\n' }, ['4', '5', '6']],
  ])('are told %s', (_, files, lines) =>
    expect(told(files)).toEqual(lines.map(line => `variable-unset ${line}`)),
  );

  it('are named in the finding', () => {
    const [finding] = lintCompose([{ path: 'compose.yml', text: compose('') }], {
      readFile: path => (path === '.env.sample' ? TEMPLATE : undefined),
    });
    expect(finding?.message).toBe(
      'The variables HOST_NAME and USER_ID have neither a value nor a default: there is no .env, of which .env.sample says what is in it.',
    );
  });

  it.each<[string, string, Record<string, string>, string[]]>([
    ['the missing file is', 'env_file: .env', {}, ['file-missing 7']],
    [
      'with what to copy, the missing file is',
      'env_file: .env',
      { 'at/.env.example': TEMPLATE },
      ['file-missing 7 copy'],
    ],
    [
      'another missing file is, too',
      'env_file: kafka.env',
      {},
      ['variable-unset 4', 'variable-unset 5', 'variable-unset 6', 'file-missing 7'],
    ],
  ])('are not told where %s', (_, envFile, files, expected) =>
    expect(told(files, `    ${envFile}\n`)).toEqual(expected),
  );
});
