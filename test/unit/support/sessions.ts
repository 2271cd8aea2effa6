import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import type { ComposeSource } from '../../../src/modes/lint.ts';
import type { RunDependencies } from '../../../src/modes/run.ts';
import type { TunnelDependencies } from '../../../src/modes/tunnel.ts';
import { SimulatedClock } from './clocks.ts';
import { MemoryHost } from './memory-host.ts';
import { type Faults, MemoryCluster } from './memory-kafka.ts';
import { RecordingLog } from './recording-log.ts';
import type { Answer, Script } from './scripted-host.ts';

/** What a machine says of itself, as `inspectMachine` asks for it. */
const FACTS = {
  id: 'amzn 2023',
  system: 'Amazon Linux 2023.9',
  architecture: 'x86_64',
  user: 'ec2-user',
  home: '/home/u',
  sudo: 'yes',
  memory: '16000',
  disk: '40000',
  docker: 'yes',
};

/** How a machine is asked what it is, and what it answers. */
export const INSPECTION = /^sh -c \n\. \/etc\/os-release/;
export const inspectionOf = (facts: Partial<typeof FACTS> = {}): Answer => ({
  stdout: Object.entries({ ...FACTS, ...facts })
    .map(([name, value]) => `${name}=${value}\n`)
    .join(''),
});

/** What keeps other runs out, and what stops the commands of a run that is cancelled. */
const LOCK = /^sh -c \ntrap '' TERM\noperation=/;
const STOP = /^sh -c if \/usr\/bin\/sudo -n /;

/** For runs that open no tunnel. */
export const NO_TUNNEL = {
  tunnelProgram: '/nowhere/tunnel.js',
  redact: (text: string) => text,
  onTunnel: () => {},
};

interface Setting {
  readonly script?: Script;
  readonly faults?: Faults;
  readonly facts?: Partial<typeof FACTS>;
  /** The notes of deployments on the machine. */
  readonly records?: readonly { readonly project: string }[];
  /** What the machine says of its lock. @default it is free */
  readonly lock?: string;
  /** When the deployments were last used, in seconds since 1970. @default the beginning, for each */
  readonly usedAtS?: readonly number[];
  /** When the run starts by the runner's clock, in milliseconds since 1970. */
  readonly startedAtMs?: number;
  /** What a command does, apart from its answer. */
  readonly onCommand?: (words: string, abort: AbortController) => void;
}

/**
 * A run on a machine that answers from a table, with a Kafka cluster in memory; `ran` has the commands but for those of the lock.
 */
export function runOn(inputs: RawInputs, setting: Setting = {}) {
  const { script = [], faults = {}, facts = {}, records = [], usedAtS = [], onCommand = () => {} } = setting;
  const [clock, log, abort] = [new SimulatedClock(), new RecordingLog(), new AbortController()];
  const cluster = new MemoryCluster(clock, faults);
  const own: Script = [
    [LOCK, { stdout: setting.lock ?? 'state=free\n' }],
    [STOP, 0],
    [INSPECTION, inspectionOf(facts)],
    [
      /\/\.kafka-al2023\/deployments$/,
      {
        stdout: records
          .map((each, index) => `${usedAtS[index] ?? 0} ${each.project}.json ${JSON.stringify(each)}\n`)
          .join(''),
      },
    ],
  ];
  const host = new MemoryHost([...own, ...script], cluster, words => onCommand(words, abort));
  const dependencies: RunDependencies & TunnelDependencies = {
    clock,
    log,
    env: {},
    runId: 'ab12',
    startedAt: new Date(setting.startedAtMs ?? 0),
    cancelled: abort.signal,
    firstKeys: new FirstKeys(),
    openHost: async () => host,
    kafkaClients: () => cluster.clients,
    ...NO_TUNNEL,
  };
  const config = parseConfig({ host: 'localhost', ...inputs }, () => '');
  const ran = () => host.ran.filter(words => !LOCK.test(words) && !STOP.test(words));
  return { config, dependencies, cluster, log, abort, host, ran };
}

/** A compose file as a stack of the action is read. */
export const sourceOf = (text: string): ComposeSource => ({
  files: [{ path: 'docker-compose.yml', text }],
  readFile: () => undefined,
  isOwn: false,
  isOfPullRequest: false,
});
