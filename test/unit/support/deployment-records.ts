import { join } from 'node:path';
import type { Context } from '../../../src/context.ts';
import type { DeploymentRecord } from '../../../src/machine/parse-record.ts';
import { InstantClock } from './clocks.ts';
import { thisComputer } from './local-host.ts';
import { RecordingLog } from './recording-log.ts';
import { noKafka } from './step-context.ts';

/** The note of an environment. */
export const RECORD: DeploymentRecord = {
  version: 1,
  project: 'docker_exp-pr-1',
  directory: '/home/ec2-user/docker_exp-pr-1',
  files: ['docker-compose.yml', '.env', 'more/limits.yml', 'kafka_env'],
  environment: 'pr-1',
  portShift: 100,
  ports: [2281, 8181],
};
/** The same in another home folder. */
export const recordIn = (home: string): DeploymentRecord => ({
  ...RECORD,
  directory: join(home, 'docker_exp-pr-1'),
});
export const RUN = 'https://github.com/org/repo/actions/runs/7';

/** Where notes lie below a home directory, and this one among them. */
export const folderOf = (home: string) => join(home, '.kafka-al2023', 'deployments');
export const pathOf = (home: string) => join(folderOf(home), 'docker_exp-pr-1.json');

/** What a step works with on this computer. @param home of the user */
export const hereContext = (home?: string): Context => ({
  host: thisComputer(home),
  kafka: noKafka,
  log: new RecordingLog(),
  clock: new InstantClock(),
  signal: new AbortController().signal,
});
