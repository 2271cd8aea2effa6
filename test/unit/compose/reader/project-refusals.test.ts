import { describe, expect, it } from 'vitest';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import { refusalsIn, refusalsOf, SERVICE } from '../../support/refusals.ts';

describe('names that nothing declares', () => {
  it.each([
    ['depends_on:\n  - none', 'none'],
    ['links:\n  - none:alias', 'none:alias'],
    ['volumes_from:\n  - none:ro', 'none:ro'],
    ['network_mode:\n  service:none', 'service:none'],
    ['pid:\n  service:none', 'service:none'],
    ['networks:\n  - none', 'none'],
    ['networks:\n  none: {aliases: [a]}', 'none'],
    ['volumes:\n  - none:/a', 'none:/a'],
    [`volumes:\n  - \${UNSET}none:/a`, `\${UNSET}none:/a`],
    ['secrets:\n  - none', 'none'],
    ['secrets:\n  - {source: none, target: a}', 'none'],
    ['configs:\n  - none', 'none'],
    ['extends:\n  service: none', 'none'],
    ['depends_on:\n  - tool', 'tool'],
    ['links:\n  - tool', 'tool'],
  ])('%j is told at its line', (lines, text) =>
    expect(refusalsOf(lines)).toEqual([`undefined-reference 2: ${text}`]),
  );

  it.each([
    'depends_on: [other]\nlinks: ["other:alias"]\nvolumes_from: ["other", "container:any"]',
    'network_mode: container:any\nipc: service:other',
    'networks: [inner, default]\nvolumes: [data:/a]\nsecrets: [token]\nconfigs: [settings]',
    'depends_on: {tool: {condition: service_started, required: false}}',
    'depends_on: [tool]\nprofiles: [more]',
    'external_links: [none]',
    'volumes: ["v:/a"]',
  ])('%j is taken', lines => expect(refusalsOf(lines)).toEqual([]));

  it('may be switched on by a profile', () => {
    expect(refusalsOf('depends_on: [tool]', { COMPOSE_PROFILES: 'more,tools' })).toEqual([]);
    expect(refusalsOf('depends_on: [tool]\nprofiles: [more]', { COMPOSE_PROFILES: 'more' })).toEqual([
      'undefined-reference 1: tool',
    ]);
  });

  it('may be in a file that is included', () => {
    expect(refusalsIn(`include: [a.yml]\n${SERVICE}    depends_on: [none]\n    secrets: [none]\n`)).toEqual(
      [],
    );
  });
});

describe('services that wait for each other', () => {
  it.each<[string, string[]]>([
    ['a: {image: x, depends_on: [a]}', ['2: a']],
    ['a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}', ['3: a']],
    ['a: {image: x, links: [b]}\n  b: {image: x, network_mode: "service:a"}', ['3: "service:a"']],
    [
      'a: {image: x, volumes_from: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [a]}',
      ['4: a'],
    ],
    ['a: {image: x, depends_on: [b, c]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x}', []],
    [
      'a: {image: x, depends_on: [b], profiles: [p]}\n  b: {image: x, depends_on: [a], profiles: [p]}',
      ['3: a'],
    ],
  ])('%j', (services, expected) =>
    expect(refusalsIn(`services:\n  ${services}\n`)).toEqual(
      expected.map(each => `dependency-cycle ${each}`),
    ),
  );
});

describe('variables', () => {
  const told = (text: string) =>
    loadCompose([{ path: 'a.yml', text }]).faults.map(({ kind, message, place }) => [
      kind,
      place.line,
      message,
    ]);

  it('without a value are told at each place once', () => {
    expect(told(`x-a: [$TAG,\n  $TAG, "\${TAG}"]\nservices: {a: {image: "x:$TAG"}}\n`)).toEqual([
      ...[1, 2, 2, 3].map(line => [
        'variable-unset',
        line,
        'The variable TAG has neither a value nor a default.',
      ]),
    ]);
  });

  it('that must be set are told as that, and not as unset besides', () => {
    const text = `services:\n  a:\n    image: "x:$TAG"\n    hostname: "\${TAG:?which one?}"\n    user: "\${NAME?}"\n`;
    expect(told(text)).toEqual([
      [
        'variable-required',
        4,
        'Compose refuses the file: required variable TAG is missing a value: which one.',
      ],
      ['variable-required', 5, 'Compose refuses the file: required variable NAME is missing a value.'],
    ]);
  });

  it('are told one by one up to a limit, which is said', () => {
    const names = Array.from({ length: 160 }, (_, index) => `V${index}`);
    const faults = told(`services: {a: {image: x, labels: [${names.map(name => `$${name}`)}]}}\n`);
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)?.[2]).toMatch(/Only the first 100 .* also: V100, V101, .* and 10 more\.$/);
  });
});

describe('files', () => {
  const kinds = (text: string, files: Readonly<Record<string, string>> = {}) =>
    loadCompose([{ path: 'dir/a.yml', text }], { readFile: path => files[path] }).faults.map(
      ({ kind }) => kind,
    );

  it.each<[string, string[]]>([
    ['env_file: none.env', ['file-missing']],
    ['env_file: [{path: none.env}]', ['file-missing']],
    [`env_file: "\${UNSET}"`, ['file-missing']],
    ['env_file: [{path: none.env, required: false}]', []],
    ['env_file: [{path: none.env, required: "no"}]', []],
    ['env_file: set.env', []],
    [`env_file: "\${PWD}/any.env"`, ['file-unread']],
    ['env_file: /etc/any.env', ['file-unread']],
    ['env_file: ~/any.env', ['file-unread']],
    ['{env_file: none.env, profiles: [p]}', ['file-unread']],
    ['env_file: [{path: set.env, format: rough}]', ['compose-schema']],
    ['env_file: broken.env', ['env-file-syntax']],
    ['label_file: [set.env, none.labels]', ['file-missing']],
    ['env_file: [{path: broken.env, format: raw}]', []],
  ])('%s', (line, expected) => {
    const inner = line.startsWith('{') ? line.slice(1, -1) : line;
    const files = { 'dir/set.env': 'A=1', 'dir/broken.env': 'A B=1' };
    expect(kinds(`services: {a: {image: x, ${inner}}}`, files)).toEqual(expected);
  });

  it('beside the first one set variables, if Compose can read them', () => {
    expect(kinds('services: {a: {image: "x:$TAG"}}', { 'dir/.env': 'TAG: 1\n' })).toEqual([]);
    expect(kinds('services: {a: {image: "x"}}', { 'dir/.env': 'TAG="1\n' })).toEqual(['env-file-syntax']);
  });

  it('may take the values of variables from the service and from earlier ones', () => {
    const text = 'services: {a: {image: x, env_file: [one.env, two.env], environment: {OWN: own, OUT: }}}';
    const files: Record<string, string> = {
      'one.env': 'ONE=1\n',
      'two.env': 'BOTH=$ONE-$OWN\n',
      '.env': 'OUT=out\n',
    };
    const { model } = loadCompose([{ path: 'a.yml', text }], { readFile: path => files[path] });
    const { environment } = model.services[0] ?? {};
    expect(['BOTH', 'OUT'].map(name => environment?.get(name)?.value)).toMatchObject([
      { text: '1-own', unresolved: [] },
      { text: 'out', unresolved: [] },
    ]);
  });
});
