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

describe('several files', () => {
  const base =
    'services:\n  a:\n    image: x:1\n    command: [one]\n    environment: {A: 1, B: 1}\n    ports: ["80:80", "81:81"]\n    depends_on: [b]\n    volumes: [vv:/d, ./x:/y]\n  b: {image: y}\nvolumes: {vv: }\n';
  const merged = (over: string) => {
    const { model, faults } = load({ 'a.yml': base, 'b.yml': over });
    expect(faults.filter(({ kind }) => kind !== 'undefined-reference')).toEqual([]);
    return model;
  };

  it('merge mappings, lists and single values as Compose does', () => {
    const { services, volumes } = merged(
      'services:\n  a:\n    image: x:2\n    environment: [B=2, C=2]\n    ports: ["80:80", "82:82"]\n    depends_on: {b: {condition: service_healthy}}\n    volumes: [ww:/d]\n  c: {image: z}\nvolumes: {ww: }\n',
    );
    const [a] = services;
    expect(services.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(a?.image).toMatchObject({ text: 'x:2', place: { file: 'b.yml' } });
    expect(environmentOf(a)).toEqual({ A: '1', B: '2', C: '2' });
    expect(portsOf(a)).toEqual(['*:80:80/tcp', '*:81:81/tcp', '*:82:82/tcp']);
    expect(a?.dependsOn).toMatchObject([{ service: 'b', condition: 'service_healthy' }]);
    expect(a?.mounts.map(({ source, target }) => `${source}:${target}`)).toEqual(['ww:/d', './x:/y']);
    expect([...volumes.keys()]).toEqual(['vv', 'ww']);
    expect(a?.block.place.file).toBe('a.yml');
  });

  it('obey !reset and !override, and keep what an empty value would replace', () => {
    const [a] = merged(
      'services:\n  a:\n    command: !reset null\n    image:\n    environment: {A: !reset null, B: }\n    ports: !override ["9:9"]\n    depends_on: !reset []\n',
    ).services;
    expect(a?.ownCommand).toBe(false);
    expect(a?.image?.text).toBe('x:1');
    expect([...(a?.environment.keys() ?? [])]).toEqual(['B']);
    expect(a?.environment.get('B')?.value.unresolved).toEqual(['B']);
    expect(portsOf(a)).toEqual(['*:9:9/tcp']);
    expect(a?.dependsOn).toEqual([]);
  });

  it('find their env files beside the first', () => {
    const { model } = loadCompose(
      [
        { path: 'one/a.yml', text: 'services: {a: {image: x}}' },
        { path: 'two/b.yml', text: 'services: {a: {env_file: e.env}}' },
      ],
      { readFile: path => (path === 'one/e.env' ? 'A=1' : undefined) },
    );
    expect(environmentOf(model.services[0])).toEqual({ A: '1' });
  });
});
