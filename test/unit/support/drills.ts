import { drillStep } from '../../../src/steps/smoke-test/drill.ts';
import type { SmokeTestOptions } from '../../../src/steps/smoke-test/options.ts';
import type { Faults, MemoryCluster } from './memory-kafka.ts';
import type { Answer } from './scripted-host.ts';
import { smokeTest } from './smoke-tests.ts';

export const containerOf = (id: number) => `kafka-broker-${id}-1\tbroker-${id}\thash\trunning\tUp`;
const CONTAINERS = `${[1, 2, 3].map(containerOf).join('\n')}\n`;

export interface Setting {
  readonly faults?: Faults;
  readonly answers?: Partial<Record<'arm' | 'stop' | 'start', Answer>>;
  readonly containers?: string;
  /** Where the brokers' containers are, if not on the machine. */
  readonly brokerPlaces?: SmokeTestOptions['brokerPlaces'];
  /** Called when the container has stopped, or is started. */
  readonly onStop?: (at: { cluster: MemoryCluster; abort: AbortController }) => void;
  readonly onStart?: (cluster: MemoryCluster) => void;
}

/** A drill on a cluster whose first broker stops and starts as its container does. */
export function drill(setting: Setting = {}) {
  const { faults = {}, answers = {}, containers = CONTAINERS } = setting;
  const places = setting.brokerPlaces ? { project: undefined, brokerPlaces: setting.brokerPlaces } : {};
  const { onStop = () => {}, onStart = cluster => cluster.startBroker(1) } = setting;
  return smokeTest(options => drillStep({ ...options, ...places }, ['topic']), {
    faults,
    script: [
      [/^docker ps /, { stdout: containers }],
      [/^systemd-run /, answers.arm ?? 0],
      [/^docker stop /, answers.stop ?? 0],
      [/^docker start /, answers.start ?? 0],
      [/^systemctl stop /, 0],
    ],
    onCommand: (words, at) => {
      if (words.startsWith('docker stop')) {
        at.cluster.stopBroker(1);
        onStop(at);
      }
      if (words.startsWith('docker start')) onStart(at.cluster);
    },
  });
}
export const ran = (host: { ran: readonly string[] }) =>
  host.ran.map(words => /^sudo (systemd-run|docker \w+|systemctl)/.exec(words)?.[1]);
export const EVERYTHING = ['docker ps', 'systemd-run', 'docker stop', 'docker start', 'systemctl'];
