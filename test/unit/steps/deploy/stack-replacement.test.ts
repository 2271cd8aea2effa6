import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../src/machine/compose-project.ts';
import { describeReplacement } from '../../../../src/steps/deploy/stack-replacement.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { readStack } from '../../support/stacks.ts';

const container = (service: string): Container => ({
  ...{ name: `kafka-${service}-1`, service, configHash: 'old', state: 'running', status: 'Up' },
});
const ANONYMOUS = 'a'.repeat(64);
const EMPTY = 'b'.repeat(64);
const path = (volume: string) => `/var/lib/docker/volumes/${volume}/_data`;
const mount = (volume: string, destination: string) =>
  `${['/kafka-broker-1', volume, destination, path(volume)].join('\t')}\n`;

interface Answers {
  readonly volumes?: string;
  readonly mounts?: string;
  readonly filled?: string;
}

async function describeWith({ volumes = '', mounts = '', filled = '' }: Answers) {
  const stack = readStack(JSON.stringify({ services: {}, volumes: { 'kraft-1-data': null } }));
  const host = new ScriptedHost([
    [/^docker volume ls --filter label=com.docker.compose.project=kafka /, { stdout: volumes }],
    [/^docker inspect .* kafka-broker-1 kafka-zookeeper-1$/, { stdout: mounts }],
    // A volume that goes away meanwhile makes it fail, and no difference.
    [/^find /, { exitCode: 1, stdout: filled }],
  ]);
  const project = { name: 'kafka', directory: '/k', composeFiles: ['docker-compose.yml'] };
  const lines = await describeReplacement(host, project, stack, [
    container('broker'),
    container('zookeeper'),
  ]);
  return { lines, host };
}

describe('the announcement before a stack is replaced', () => {
  const REMOVED =
    'removed: the containers, their logs and what they wrote outside of volumes (broker, zookeeper)';

  it('says that the containers go', async () => {
    const { lines, host } = await describeWith({});
    expect(lines).toEqual([REMOVED]);
    expect(host.count(/^find/)).toBe(0);
  });

  it('says which volumes the new file uses, and which it leaves alone', async () => {
    const { lines } = await describeWith({ volumes: 'zookeeper-data\nkraft-1-data\nbroker-data\n' });
    expect(lines).toEqual([
      REMOVED,
      'kept but not used by the new file: volumes zookeeper-data, broker-data; what they hold is not seen until a file that uses them is deployed again',
      'kept and used by the new file, with what they hold: volumes kraft-1-data',
    ]);
  });

  it('says which data no new container will find, because their volume has no name', async () => {
    const mounts =
      mount(ANONYMOUS, '/var/lib/kafka/data') +
      mount(EMPTY, '/etc/kafka/secrets') +
      mount('kafka_named', '/var/lib/zookeeper/data');
    const { lines, host } = await describeWith({
      mounts,
      filled: `${path(ANONYMOUS)}\n${path(ANONYMOUS)}\n`,
    });
    expect(lines).toEqual([
      'lost to the new containers: /var/lib/kafka/data of kafka-broker-1 is in a volume without a name, which stays but which no container finds again',
      REMOVED,
    ]);
    expect(host.ran.find(command => command.startsWith('sudo find'))).toContain(
      `find ${path(ANONYMOUS)} ${path(EMPTY)} -mindepth`,
    );
  });

  it('changes nothing', async () => {
    const { host } = await describeWith({ mounts: mount(ANONYMOUS, '/data') });
    for (const command of host.ran) expect(command).toMatch(/^sudo (docker (volume ls|inspect)|find) /);
  });
});
