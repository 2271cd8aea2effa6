import fc from 'fast-check';
import { stringify } from 'yaml';

/** A value of a key, mostly one that Compose takes. */
const pick = <T>(good: readonly T[], bad: readonly T[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
const some = <T>(good: readonly T[], bad: readonly T[], maxLength = 3) =>
  fc.uniqueArray(pick(good, bad), { minLength: 1, maxLength });

const NAMES = ['aa', 'bb', 'cc'];
const UNSET = `\${UNSET}`;
const SET = `\${SET}`;
const sizes = pick<unknown>(
  ['512m', '1g', '1.5GiB', '64 mb', '1024', `\${UNSET:-1g}`],
  ['2 GB of it', '10s', '', 'm', '1gbb', '-5m', UNSET],
);
const durations = pick<unknown>(
  ['10s', '1m30s', '1.5h', '500ms', '0', '1d'],
  ['10', '10 s', '10sec', '', 's', UNSET, '1M'],
);
const numbers = pick<unknown>([1, '2', 3, SET], ['three', '1.5x', '', UNSET]);
const booleans = pick<unknown>([true, false, 'true', 'yes', 'OFF'], ['maybe', '', UNSET]);

const ports = some<unknown>(
  [
    80,
    '80',
    '80:80',
    '8080-8082:80-82',
    '90-95:90',
    '127.0.0.1:81:81',
    '[::1]:82:82/udp',
    '83:83/SCTP',
    '127.0.0.1::84',
    ':85',
    '86/tcp',
    `${UNSET}:87`,
    `${SET}:88`,
    { target: 89, published: '8089', protocol: 'tcp' },
    { target: 90, host_ip: '0.0.0.0', published: 8090 },
    { target: '91' },
  ],
  [
    '99999:80',
    '80:99999',
    '80-70:80',
    '80-85:80-84',
    '80:80/xyz',
    '80:',
    'localhost:80:80',
    '1.2.3:80:80',
    'a:80',
    `80:${UNSET}`,
    70_000,
    80.5,
    '',
    ' 80:80',
    '80-:80',
    ':::80',
    { published: 80 },
    { target: 'x' },
    { target: 80, host_ip: 'here' },
  ],
);
const volumes = some<unknown>(
  [
    '/anonymous',
    './here:/one',
    '../up:/two:ro',
    'data:/three',
    '/etc:/four:ro,z',
    '~/home:/five',
    `\${UNSET}/six:/six`,
    `${SET}:/seven`,
    'v:/eight',
    { type: 'volume', source: 'data', target: '/nine' },
    { type: 'bind', source: '.', target: '/ten', read_only: 'true' },
    { type: 'tmpfs', target: '/eleven', tmpfs: { size: '1m' } },
  ],
  [
    `${UNSET}:/data`,
    ':/data',
    'none:/data',
    '/a:/b:ro:z',
    '',
    `/a:${UNSET}`,
    { type: 'volume', source: 'none', target: '/x' },
    { type: 'bind', target: '/y' },
    { type: 'bind', source: '.' },
    { type: 'tmpfs', target: '/z', tmpfs: { size: 'much' } },
  ],
);
const environment = fc.oneof(
  fc.dictionary(
    fc.constantFrom('A', 'B', 'C', 'SET', 'OTHER'),
    pick<unknown>(
      ['text', 1, 1.5, '1.50', true, null, '', SET, UNSET, `a$$b\${UNSET:-c}`, 'yes', '0x10', 10_000_000_000],
      [`\${UNSET:?must be}`, `\${not a name}`],
    ),
    { maxKeys: 4 },
  ),
  some(['A=1', 'B=', 'SET', 'OTHER', 'C=a=b', `D=${SET}`, 'E="quoted"'], [`F=\${UNSET?}`]),
);
const neighbours = fc.oneof(
  { weight: 4, arbitrary: some(['bb', 'cc'], ['aa', 'none'], 2) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('bb', 'cc'),
      fc.record({
        condition: pick<unknown>(['service_started', 'service_healthy'], ['healthy']),
        required: booleans,
      }),
      { maxKeys: 2 },
    ),
  },
);

const service = fc.record(
  {
    image: pick<unknown>(['one:1', 'example.org/two', SET, `x:${UNSET}`], [UNSET, '']),
    build: pick<unknown>(['.', { context: '.' }, {}], [3]),
    environment,
    env_file: pick<unknown>(
      ['set.env', ['set.env'], [{ path: 'none.env', required: false }], { path: 'set.env' }],
      ['none.env', [{ path: 'none.env' }], UNSET],
    ),
    ports,
    volumes,
    depends_on: neighbours,
    links: some(['bb', 'cc:alias'], ['none']),
    volumes_from: some(['cc', 'cc:ro', 'container:x'], ['none']),
    network_mode: pick<unknown>(['host', 'none', 'service:cc'], ['service:none']),
    ipc: pick<unknown>(['host', 'service:cc'], ['service:none']),
    networks: some(['inner', 'default'], ['none', UNSET], 2),
    secrets: some<unknown>(['token'], ['none', { source: 'none' }], 1),
    configs: some<unknown>(['settings', { source: 'settings', target: '/s' }], ['none'], 1),
    profiles: some(['tools'], ['others'], 1),
    container_name: pick<unknown>(['fixed-a', 'fixed-b', 'fixed-c', 'fixed-d'], [UNSET]),
    scale: pick<unknown>([1], [2, -1, '1.5']),
    mem_limit: sizes,
    shm_size: sizes,
    cpus: pick<unknown>([0.5, '1.5'], ['half']),
    tty: booleans,
    stop_grace_period: durations,
    healthcheck: fc.record(
      {
        test: pick<unknown>(['true', ['CMD', 'true'], ['NONE']], [['true']]),
        interval: durations,
        retries: numbers,
        disable: booleans,
      },
      { requiredKeys: [] },
    ),
    deploy: pick<unknown>(
      [{ resources: { limits: { memory: '1g' } } }, { replicas: 1 }],
      [{ resources: { limits: { memory: 'big' } } }, { restart_policy: { delay: '5' } }, { replicas: 2 }],
    ),
    tmpfs: pick<unknown>(['/t', ['/t:size=1m', '/u']], [['/t', '/t']]),
    ulimits: pick<unknown>(
      [{ nofile: 10 }, { nofile: { soft: 1, hard: '2' } }],
      [{ nofile: 'many' }, { nofile: { soft: 1 } }],
    ),
    extends: pick<unknown>(
      ['bb', { service: 'cc' }, { file: 'base.yml', service: 'base' }],
      ['none', { file: 'none.yml', service: 'base' }, { file: 'base.yml', service: 'none' }],
    ),
    restart: pick<unknown>(['always', `\${UNSET:-no}`], [1]),
  },
  { requiredKeys: [] },
);

/** Two or three of a service's keys, so that most files have no fault or one. */
const smallService = fc
  .tuple(service, fc.uniqueArray(fc.nat({ max: 27 }), { minLength: 1, maxLength: 4 }))
  .map(([all, chosen]) => {
    const entries = Object.entries(all);
    const kept = new Set(chosen.map(index => entries[index % Math.max(1, entries.length)]?.[0]));
    const some = Object.fromEntries(entries.filter(([key]) => kept.has(key)));
    return 'build' in some || 'extends' in some ? some : { image: 'one:1', ...some };
  });

/** Compose files as people write them, some with a fault that Compose refuses. */
export const plausibleProject: fc.Arbitrary<string> = fc
  .record({
    services: fc.dictionary(fc.constantFrom(...NAMES), smallService, { minKeys: 1, maxKeys: 3 }),
    more: fc.record(
      {
        include: fc.constantFrom(null, []),
        'x-more': pick<unknown>(['$$', SET], [`\${UNSET:?}`, `\${A B}`]),
        name: fc.constant('project'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ services, more }) =>
    stringify({
      ...more,
      services: { bb: { image: 'b' }, cc: { image: 'c' }, ...services },
      networks: { inner: {} },
      volumes: { data: {} },
      secrets: { token: { environment: 'SET' } },
      configs: { settings: { content: 'a' } },
    }),
  );

/** What stands beside each of them. */
export const BESIDE: Readonly<Record<string, string>> = {
  'set.env': 'FROM_FILE=1\nQUOTED="a b" # c\nREFERS=$SET-$FROM_FILE\nB: colon\n',
  'base.yml': 'services:\n  base:\n    image: base:1\n    environment: {BASE: 1}\n    ports: ["9:9"]\n',
};

/** Texts that try what there is of variables. */
export const template: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...['$', '$$', '${', '}', '{', 'SET', 'UNSET', 'EMPTY', ':-', '-', ':?', '?', ':+', '+'],
      ...[' ', '\n', 'a', '1', '.', ':', `\${SET}`, `\${UNSET:-`, `\${EMPTY:+`, '$SET', '$UNSET'],
    ),
    { maxLength: 8 },
  )
  .map(parts => parts.join(''));

/** Env files that try what there is of their lines. */
export const environmentText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...['A', 'B', 'SET', 'export ', '=', '=', ':', ': ', ' ', '#', ' #', '"', "'", '\\', '\\n', '\\"'],
      ...['\n', '\n', '\n', '\r\n', '\t', '$A', '$$', `\${SET}`, `\${UNSET:-x}`, 'x y', '-', '.', '[0]', '1'],
      ...['A=1\n', 'B="x"\n', "C='y'\n", 'D: z\n', 'export E=1\n', '\\041', '\\t', '\\$'],
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.join(''));
