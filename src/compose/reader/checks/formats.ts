/** How Compose reads a text of a certain kind, and what to write instead of one that it cannot read. */
export interface Format {
  /** `no size`, `no whole number` … */
  readonly not: string;
  readonly hint: string;
  readonly accepts: (text: string) => boolean;
}

const FLOAT = /^[+-]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})(e[+-]?\d{1,3})?$/i;
const isFloat = (text: string) =>
  FLOAT.test(text) || /^[+-]?(inf(inity)?|nan|0x[\da-f._]+(p[+-]?\d+)?)$/i.test(text);
const isWhole = (text: string) => /^[+-]?\d{1,18}$/.test(text);

/**
 * A number of bytes, or a number with a unit, with one space between them or none.
 * Source: parseSize in docker/go-units' `size.go`, and compose-go's `types/bytes.go`.
 */
function isSize(text: string): boolean {
  if (isWhole(text)) return true;
  const last = Math.max(...[...'0123456789. '].map(character => text.lastIndexOf(character)));
  if (last < 0) return false;
  const number = text.slice(0, text[last] === ' ' ? last : last + 1);
  const unit = text.slice(last + 1).toLowerCase();
  if (!isFloat(number) || number.startsWith('-')) return false;
  return unit === '' || /^(b|[kmgtp](i?b)?)$/.test(unit);
}

/** Numbers, each with a unit. Source: xhit/go-str2duration, which compose-go reads durations with. */
const isDuration = (text: string): boolean =>
  /^[+-]?0$/.test(text) ||
  /^[+-]?((\d{1,18}(\.\d{0,18})?|\.\d{1,18})(ns|us|µs|μs|ms|s|m|h|d|w)){1,20}$/.test(text);

const WHOLE: Format = { not: 'no whole number', hint: 'Write a whole number.', accepts: isWhole };
const NUMBER: Format = { not: 'no number', hint: 'Write a number, such as 0.5.', accepts: isFloat };
const BOOLEAN: Format = {
  not: 'neither true nor false',
  hint: 'Write true or false.',
  accepts: text => /^(true|false|y|yes|on|n|no|off)$/i.test(text),
};
const SIZE: Format = {
  not: 'no size',
  hint: 'Write a number with one of the units b, k, m and g, such as 512m.',
  accepts: isSize,
};
const DURATION: Format = {
  not: 'no duration',
  hint: 'Write a number with its unit, such as 10s or 1m30s.',
  accepts: isDuration,
};

const ofDeploy = (part: string) => [`deploy.${part}.delay`, `deploy.${part}.monitor`];

/**
 * Values of a service that may be texts, by their path in it; `*` stands for any key or item.
 * Sources: compose-go's `loader/interpolate.go`, which casts texts, and the types of `types/types.go`.
 */
const PATHS: readonly (readonly [Format, readonly string[]])[] = [
  [
    WHOLE,
    [
      'cpu_count',
      'cpu_period',
      'cpu_quota',
      'cpu_rt_period',
      'cpu_rt_runtime',
      'cpu_shares',
      'deploy.replicas',
      'deploy.update_config.parallelism',
      'deploy.rollback_config.parallelism',
      'deploy.restart_policy.max_attempts',
      'deploy.placement.max_replicas_per_node',
      'deploy.resources.limits.pids',
      'healthcheck.retries',
      'oom_score_adj',
      'pids_limit',
      'ports.*.target',
      'scale',
      'ulimits.*',
      'ulimits.*.hard',
      'ulimits.*.soft',
    ],
  ],
  [
    NUMBER,
    [
      'cpu_percent',
      'cpus',
      'deploy.update_config.max_failure_ratio',
      'deploy.rollback_config.max_failure_ratio',
      'deploy.resources.limits.cpus',
      'deploy.resources.reservations.cpus',
    ],
  ],
  [
    BOOLEAN,
    [
      'attach',
      'depends_on.*.required',
      'depends_on.*.restart',
      'healthcheck.disable',
      'init',
      'oom_kill_disable',
      'privileged',
      'read_only',
      'stdin_open',
      'tty',
      'volumes.*.read_only',
      'volumes.*.volume.nocopy',
    ],
  ],
  [
    SIZE,
    [
      'build.shm_size',
      'deploy.resources.limits.memory',
      'deploy.resources.reservations.memory',
      'mem_limit',
      'mem_reservation',
      'mem_swappiness',
      'memswap_limit',
      'shm_size',
      'volumes.*.tmpfs.size',
    ],
  ],
  [
    DURATION,
    [
      'deploy.restart_policy.delay',
      'deploy.restart_policy.window',
      ...ofDeploy('update_config'),
      ...ofDeploy('rollback_config'),
      'healthcheck.interval',
      'healthcheck.start_interval',
      'healthcheck.start_period',
      'healthcheck.timeout',
      'stop_grace_period',
    ],
  ],
];

/** Formats that Compose turns a text into before it looks at the schema. */
const CAST = new Set([WHOLE, NUMBER, BOOLEAN]);

/**
 * True for a text that Compose reads as a number or a boolean, whatever the schema says of texts there.
 * @param path from the top of the file
 */
export function isCast(path: readonly string[], text: string): boolean {
  const [section, , ...below] = path;
  const [formats, rest] = section === 'services' ? [FORMATS, below] : [TOP_FORMATS, path];
  return formats.some(
    ([keys, format]) =>
      CAST.has(format) &&
      keys.length === rest.length &&
      keys.every((key, index) => key === '*' || key === rest[index]) &&
      format.accepts(text),
  );
}

/** Every path with its keys one by one. */
export const FORMATS: readonly (readonly [path: readonly string[], format: Format])[] = PATHS.flatMap(
  ([format, paths]) => paths.map(path => [path.split('.'), format] as const),
);

/** Values of the sections of networks, volumes, secrets and configs. */
export const TOP_FORMATS: readonly (readonly [path: readonly string[], format: Format])[] = [
  'networks.*.external',
  'networks.*.internal',
  'networks.*.attachable',
  'networks.*.enable_ipv4',
  'networks.*.enable_ipv6',
  'volumes.*.external',
  'secrets.*.external',
  'configs.*.external',
].map(path => [path.split('.'), BOOLEAN]);
