import { describe, expect, it } from 'vitest';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import { refusalsIn, refusalsOf, SERVICE } from '../../support/refusals.ts';

describe('ports', () => {
  it.each([
    '"65536:80"',
    '"80:65536"',
    '"9000-8000:80"',
    '"8000-8002:80-81"',
    '"80:80/tpc"',
    '"80:"',
    '"kafka:80"',
  ])('%s are refused', port =>
    expect(refusalsOf(`ports:\n  - ${port}`)).toEqual([`compose-schema 2: ${port}`]),
  );

  it.each([
    '"localhost:80:80"',
    '"1.2.3:80:80"',
    '"$UNSET:1.2.3.4:80:80"',
    `"80:\${UNSET}"`,
    '80.5',
    '70000',
  ])('%s are refused, too', port =>
    expect(refusalsOf(`ports:\n  - ${port}`)).toEqual([`compose-schema 2: ${port}`]),
  );

  it.each([
    '"65535:80"',
    '"8000-8002:80"',
    '"8000-8002:80-82"',
    '"80:80/UDP"',
    '"[::1]:80:80"',
    '"127.0.0.1::80"',
  ])('%s are taken', port => expect(refusalsOf(`ports:\n  - ${port}`)).toEqual([]));

  it.each([`"\${UNSET}:80"`, `"\${HOST_PORT:-80}:80"`, `"\${CI}:80"`, '80', '":80"'])(
    '%s are taken, too',
    port => expect(refusalsOf(`ports:\n  - ${port}`)).toEqual([]),
  );

  it.each([
    ['{published: 80}', '{published: 80}'],
    ['{target: 70000}', '70000'],
    ['{target: web}', 'web'],
    ['{target: 80, published: "70000"}', '"70000"'],
    ['{target: 80, host_ip: here}', 'here'],
  ])('%s are refused at their value', (port, value) =>
    expect(refusalsOf(`ports: [${port}]`)).toEqual([`compose-schema 1: ${value}`]),
  );

  it('in the long form are taken', () => {
    expect(refusalsOf('ports: [{target: "80", published: "80-81", host_ip: "::1"}, {target: 1}]')).toEqual(
      [],
    );
  });
});

describe('texts that stand for something else', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['mem_limit', ['512m', '1.5 GiB', '"64"', '2gb', '-1'], ['2 GB of it', 'm', '1gbb', '""', `"\${UNSET}"`]],
    ['shm_size', ['64m', '1k', '1PiB'], ['64x', '-5m']],
    ['stop_grace_period', ['10s', '1m30s', '1.5h', '"0"', '1d'], ['"10"', '10 s', '10sec', 's', '1M', '""']],
    ['cpus', ['0.5', '"1.5"', '"1e0"'], ['half', '"0,5"']],
    ['scale', ['1', '"1"'], ['one', '"1.5"']],
    ['tty', ['true', 'yes', '"OFF"'], ['maybe', `"\${UNSET}"`]],
    ['pids_limit', ['-1', '"100"'], ['many']],
  ])('as the value of %s', (key, taken, refused) => {
    for (const value of taken) expect([value, refusalsOf(`${key}: ${value}`)]).toEqual([value, []]);
    for (const value of refused)
      expect([value, refusalsOf(`${key}: ${value}`)]).toEqual([value, [`compose-schema 1: ${value}`]]);
  });

  it.each([
    ['healthcheck:\n  interval: "30"', '"30"'],
    ['healthcheck:\n  retries: thrice', 'thrice'],
    ['healthcheck:\n  test: [curl, -f, x]', 'curl'],
    ['extra_hosts:\n  - somewhere', 'somewhere'],
    ['ulimits:\n  nofile: many', 'many'],
    ['volumes:\n  - {type: tmpfs, target: /t, tmpfs: {size: huge}}', 'huge'],
    ['volumes:\n  - :/data', ':/data'],
    [`volumes:\n  - \${UNSET}:/data`, `\${UNSET}:/data`],
    ['volumes:\n  - /a:/b:ro:z', '/a:/b:ro:z'],
    ['volumes:\n  - {type: bind, target: /a}', '{type: bind, target: /a}'],
  ])('%j is refused at its line', (lines, value) => {
    expect(refusalsOf(lines)).toEqual([`compose-schema 2: ${value}`]);
  });

  it.each([
    'deploy: {resources: {limits: {memory: 1g, cpus: "0.5"}}}',
    'healthcheck: {test: [CMD, "true"], interval: 1m, retries: "3", disable: "no"}',
    'healthcheck: {test: curl -f x}',
    'extra_hosts: ["a:1.1.1.1", "b=::1", "c:host-gateway"]',
    'extra_hosts: {a: 1.1.1.1}',
    'ulimits: {nofile: "1024", memlock: {soft: -1, hard: -1}}',
    `volumes: ["\${UNSET}/a:/b", "\${PWD}:/c", "~/d:/d", "C:\\\\e:/e", "/f:/f:ro,z", /g]`,
    'depends_on: {other: {condition: service_started, required: "yes"}}',
  ])('%s is taken', line => expect(refusalsOf(line)).toEqual([]));

  it('under deploy', () => {
    expect(refusalsOf('deploy: {resources: {limits: {memory: big}}, restart_policy: {delay: "5"}}')).toEqual([
      'compose-schema 1: big',
      'compose-schema 1: "5"',
    ]);
  });

  it('name the variable that is not set, instead of a warning of their own', () => {
    const { faults } = loadCompose([{ path: 'a', text: `${SERVICE}    mem_limit: \${LIMIT}\n` }]);
    expect(faults).toMatchObject([
      {
        kind: 'compose-schema',
        message: '"" is no size for mem_limit, for LIMIT is not set: Compose refuses it.',
      },
    ]);
  });
});

describe('settings that exclude each other, or are missing', () => {
  it.each<[string, string[]]>([
    ['services:\n  a: {command: x}', ['compose-schema 2: a']],
    ['services:\n  a: {image: ""}', ['compose-schema 2: ""']],
    [`services:\n  a: {image: "$UNSET"}`, ['compose-schema 2: "$UNSET"']],
    ['services:\n  a: {extends: b}\n  b: {hostname: h}', ['compose-schema 2: a', 'compose-schema 3: b']],
    ['services:\n  a: {build: .}\n  b: {provider: {type: x}}\n  c: {extends: a}', []],
    ['include: [b.yml]\nservices:\n  a: {command: x}', []],
    [`services:\n  a: {image: "$CI"}`, []],
  ])('%j has services without an image', (text, expected) => expect(refusalsIn(text)).toEqual(expected));

  it('may be in another file', () => {
    const files = [
      { path: 'a.yml', text: 'services: {a: {hostname: h}}' },
      { path: 'b.yml', text: 'services: {a: {image: x}}' },
    ];
    expect(loadCompose(files).faults).toEqual([]);
    const extended = 'services: {a: {extends: {file: /else/base.yml, service: b}}}';
    expect(loadCompose([{ path: 'a.yml', text: extended }]).faults.map(({ kind }) => kind)).toEqual([
      'file-unread',
    ]);
  });

  it.each<[string, string[]]>([
    ['network_mode: host\nnetworks: [inner]', ['compose-schema 1: host']],
    ['network_mode: host\nnetworks: []', []],
    ['container_name: one\nscale: 2', ['compose-schema 1: one']],
    ['container_name: one\ndeploy: {replicas: 3}', ['compose-schema 1: one']],
    ['container_name: one\nscale: 1', []],
    [`container_name: \${CI}\nscale: 2`, []],
    ['scale: 2\ndeploy: {replicas: 3}', ['compose-schema 1: 2']],
    ['scale: -1', ['compose-schema 1: -1']],
    ['mem_limit: 1g\ndeploy: {resources: {limits: {cpus: "1"}}}', ['compose-schema 1: 1g']],
    ['mem_limit: 1g\ndeploy: {resources: {limits: {memory: 1024m}}}', []],
    ['mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}', ['compose-schema 1: 1g']],
    ['cpus: 0.5\ndeploy: {resources: {limits: {cpus: "0.50"}}}', []],
    ['cpus: 0.5\ndeploy: {resources: {limits: {cpus: "0.75"}}}', ['compose-schema 1: 0.5']],
    ['tmpfs: [/t, "/t:size=1m"]', ['compose-schema 1: "/t:size=1m"']],
    ['tmpfs: /t\nvolumes: [data:/t]', ['compose-schema 2: data:/t']],
    ['tmpfs: [/t, /t]', []],
  ])('%j', (lines, expected) => expect(refusalsOf(lines)).toEqual(expected));

  it.each<[string, string[]]>([
    ['secrets: {s: {}}', ['compose-schema 4: s']],
    ['configs: {c: {file: a, content: b}}', ['compose-schema 4: c']],
    ['volumes: {v: {external: true, driver: local}}', ['compose-schema 4: driver']],
    [
      'secrets: {s: {environment: A}}\nconfigs: {c: {external: true}}\nvolumes: {v: {external: true, name: w}}',
      [],
    ],
  ])('%j', (top, expected) => expect(refusalsIn(`${SERVICE}${top}\n`)).toEqual(expected));

  it.each<[string, string[]]>([
    [
      'a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn}',
      ['container-name-twice 3: nn'],
    ],
    ['a: {image: x, container_name: nn}\n  b: {image: x, container_name: mm}', []],
    ['a: {image: x, container_name: nn}\n  b: {image: x, container_name: nn, profiles: [p]}', []],
    [`a: {image: x, container_name: "\${CI}"}\n  b: {image: x, container_name: "\${CI}"}`, []],
  ])('%j has one container name twice', (services, expected) =>
    expect(refusalsIn(`services:\n  ${services}\n`)).toEqual(expected),
  );
});
