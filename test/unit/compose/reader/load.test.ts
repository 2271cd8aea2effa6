import { describe, expect, it } from 'vitest';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import type { Service } from '../../../../src/compose/reader/model.ts';

/** Reads files by name; those whose names end in .yml without a slash are given to Compose, the others are beside them. */
function load(files: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>> = {}) {
  const given = Object.entries(files).filter(([path]) => /^[a-z]+\.yml$/.test(path));
  return loadCompose(
    given.map(([path, text]) => ({ path, text })),
    { readFile: path => files[path], variables },
  );
}

const environmentOf = (service: Service | undefined) =>
  Object.fromEntries([...(service?.environment.values() ?? [])].map(({ name, value }) => [name, value.text]));
const portsOf = (service: Service | undefined) =>
  service?.ports.map(
    ({ address = '*', published, target, protocol }) =>
      `${address}:${published?.from}:${target.from}/${protocol}`,
  );

describe('environment', () => {
  it.each<[string, Record<string, string>]>([
    ['{A: 1, B: two, C: true, D: }', { A: '1', B: 'two', C: 'true', D: '' }],
    ['[A=1, B=, "C=x=y", D]', { A: '1', B: '', C: 'x=y', D: '' }],
    ['[A=1, A=2]', { A: '2' }],
  ])('%s', (environment, expected) => {
    const { model } = load({ 'a.yml': `services: {a: {image: x, environment: ${environment}}}` });
    expect(environmentOf(model.services[0])).toEqual(expected);
  });

  it('without a value is not known', () => {
    const { model } = load({
      'a.yml': 'services: {a: {image: x, environment: {A: }}, b: {image: x, environment: [A]}}',
    });
    expect(model.services.map(({ environment }) => environment.get('A')?.value.unresolved)).toEqual([
      ['A'],
      ['A'],
    ]);
  });

  it('knows where names and values stand, in both forms and through merge keys', () => {
    const text =
      'x-e: &e\n  A: 1\nservices:\n  a:\n    image: x\n    environment:\n      <<: *e\n      B: 2\n  b:\n    image: x\n    environment:\n      - "C=3"\n';
    const { model } = load({ 'a.yml': text });
    const shown = model.services.flatMap(({ environment }) =>
      [...environment.values()].map(({ namePlace, value, form }) => [
        text.slice(namePlace.start, namePlace.end),
        text.slice(value.place.start, value.place.end),
        value.place.line,
        form,
      ]),
    );
    expect(shown).toEqual([
      ['A', '1', 2, 'map'],
      ['B', '2', 8, 'map'],
      ['C', '3', 12, 'list'],
    ]);
  });

  it('comes from env files, later ones over earlier ones, and from the service over them', () => {
    const { model, faults } = load({
      'a.yml':
        'services: {a: {image: x, env_file: [one.env, {path: two.env}, {path: gone.env, required: false}], environment: {C: own}}}',
      'one.env': 'A=1\nB=1\nC=1\n',
      'two.env': 'B=2\n',
    });
    expect(environmentOf(model.services[0])).toEqual({ A: '1', B: '2', C: 'own' });
    expect(model.services[0]?.environment.get('B')).toMatchObject({
      form: 'file',
      namePlace: { file: 'two.env', line: 1 },
    });
    expect(model.services[0]?.environmentComplete).toBe(false);
    expect(faults).toEqual([]);
  });

  it('in a file that is not there is told', () => {
    const { model, faults } = load({ 'a.yml': 'services:\n  a:\n    image: x\n    env_file: gone.env\n' });
    expect(model.services[0]?.environmentComplete).toBe(false);
    expect(faults).toMatchObject([{ kind: 'file-missing', place: { line: 4, column: 15 } }]);
  });
});

describe('variables', () => {
  it('come from .env, and from the environment over it', () => {
    const files = {
      'a.yml': `services: {a: {image: "x:\${TAG}", hostname: "$NAME"}}`,
      '.env': 'TAG=1\nNAME=file\n',
    };
    const { model } = load(files, { NAME: 'given' });
    expect([model.services[0]?.image?.text, model.services[0]?.hostname?.text]).toEqual(['x:1', 'given']);
  });
});

describe('extends', () => {
  it('takes a service of the same file, and of another with files beside it', () => {
    const { model, faults } = load({
      'a.yml':
        'services:\n  a: {extends: {file: sub/base.yml, service: base}, environment: {OWN: a}, ports: ["1:1"]}\n  c: {extends: a, environment: {OWN: c}}\n',
      'sub/base.yml':
        'services:\n  base: {extends: root, image: x, environment: [OWN=base, BASE=1], ports: ["2:2"]}\n  root: {env_file: root.env}\n',
      'sub/root.env': 'ROOT=1\n',
    });
    expect(faults).toEqual([]);
    expect(model.services.map(environmentOf)).toEqual([
      { ROOT: '1', OWN: 'a', BASE: '1' },
      { ROOT: '1', OWN: 'c', BASE: '1' },
    ]);
    expect(model.services.map(portsOf)).toEqual([
      ['*:2:2/tcp', '*:1:1/tcp'],
      ['*:2:2/tcp', '*:1:1/tcp'],
    ]);
    expect(model.services[0]?.environment.get('BASE')?.namePlace).toMatchObject({
      file: 'sub/base.yml',
      line: 2,
    });
  });

  it.each<[string, string, string, number]>([
    [
      'a service that is not there',
      'services:\n  a:\n    extends: b\n    image: x\n',
      'undefined-reference',
      3,
    ],
    ['itself', 'services:\n  a:\n    extends: a\n    image: x\n', 'undefined-reference', 3],
    ['a ring', 'services:\n  a: {extends: b, image: x}\n  b: {extends: a}\n', 'undefined-reference', 3],
    [
      'a file that is not there',
      'services:\n  a:\n    image: x\n    extends:\n      file: gone.yml\n      service: b\n',
      'file-missing',
      5,
    ],
  ])('tells of %s', (_, text, kind, line) => {
    const { model, faults } = load({ 'a.yml': text });
    expect(faults[0]).toMatchObject({ kind, place: { line } });
    expect(model.services[0]?.image?.text ?? 'x').toBe('x');
  });
});

describe('the project', () => {
  it.each<[string, string[]]>([
    [
      'services: {a: {image: x, depends_on: [b]}}',
      ['"a" depends on "b", which is no service of the project.'],
    ],
    ['services: {a: {image: x, volumes: ["vv:/d"]}}', ['The volume "vv" is not declared under "volumes".']],
    ['services: {a: {image: x, networks: [n]}}', ['The network "n", which "a" joins, is not declared.']],
    ['services: {a: {image: x, volumes: [/d, ./e:/e, "~/f:/f"], networks: [default]}}', []],
    [
      '{services: {a: {image: x, depends_on: [b]}}, include: [c.yml]}',
      ['Files named by "include" are not read: what is in them is not judged.'],
    ],
    ['services: {}', ['The file has no services.']],
    ['', ['The file has no services.']],
  ])('%s', (text, expected) =>
    expect(load({ 'a.yml': text }).faults.map(({ message }) => message)).toEqual(expected),
  );

  it('has networks and volumes, and may be incomplete', () => {
    const { model } = load({
      'a.yml':
        'name: kafka\nservices: {a: {image: x, networks: {n: {aliases: [b]}}}}\nnetworks: {n: {external: true}}\nvolumes: {v: {external: {name: w}}}\n',
    });
    expect(model.complete).toBe(true);
    expect([model.networks.get('n')?.external, model.volumes.get('v')?.external]).toEqual([true, true]);
    expect(model.services[0]?.networks).toEqual([{ name: 'n', aliases: ['b'] }]);
  });
});

describe('a service', () => {
  it('is read with everything that rules ask for', () => {
    const text = `services:
  a:
    image: x
    build: .
    container_name: aa
    hostname: h
    restart: always
    network_mode: host
    profiles: [p]
    entrypoint: ["x"]
    mem_limit: 512m
    extra_hosts: ["h:1", "i=2"]
    tmpfs: [/t:size=1m]
    healthcheck: { test: [NONE] }
  b:
    image: x
    command:
    deploy: { resources: { limits: { memory: 1G } } }
    extra_hosts: { h: 1.1.1.1 }
    tmpfs: /t
    configs: [c, { source: c, target: /etc/kafka/server.properties }]
    healthcheck: { disable: true }
    volumes: [/anonymous, { type: bind, source: ., target: /b }, { type: npipe, target: /c }]
`;
    const [a, b] = load({ 'a.yml': text }).model.services;
    expect(a).toMatchObject({
      builds: true,
      containerName: { text: 'aa', key: { line: 5 } },
      hostname: { text: 'h' },
      restart: 'always',
      networkMode: 'host',
      profiles: ['p'],
      ownCommand: true,
      memoryLimit: { bytes: 512 * 2 ** 20 },
      extraHosts: ['h', 'i'],
      mounts: [{ type: 'tmpfs', target: '/t' }],
      healthcheck: { disabled: true },
      networks: [{ name: 'default' }],
    });
    expect(b).toMatchObject({
      builds: false,
      ownCommand: false,
      memoryLimit: { bytes: 2 ** 30 },
      extraHosts: ['h'],
      healthcheck: { disabled: true },
      mounts: [
        { type: 'volume', target: '/anonymous' },
        { type: 'bind', target: '/b' },
        { type: 'other', target: '/c' },
        { type: 'other', target: '/etc/kafka/server.properties' },
        { type: 'tmpfs', target: '/t' },
      ],
    });
  });
});
