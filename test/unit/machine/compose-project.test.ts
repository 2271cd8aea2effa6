import { describe, expect, it } from 'vitest';
import {
  composeCommand,
  isRunning,
  listContainers,
  wantedHashes,
} from '../../../src/machine/compose-project.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const project = { name: 'kafka', directory: '/home/ec2-user/kafka', composeFiles: ['docker-compose.yml'] };

describe('a Docker Compose project', () => {
  it('is spoken to as root, in its directory, by its name and file', () => {
    expect(composeCommand(project, ['ps'])).toEqual({
      argv: [
        ...['/usr/local/bin/docker-compose', '--ansi', 'never', '--project-name', 'kafka'],
        ...['--file', '/home/ec2-user/kafka/docker-compose.yml', 'ps'],
      ],
      sudo: true,
      cwd: '/home/ec2-user/kafka',
    });
  });

  it('has containers', async () => {
    const stdout =
      'kafka-a-1\ta\tabc\trunning\tUp 5 minutes (healthy)\nkafka-b-1\tb\tdef\texited\tExited (1)\n';
    const host = new ScriptedHost([[/^docker ps --all /, { stdout }]]);
    expect(await listContainers(host, project)).toEqual([
      {
        name: 'kafka-a-1',
        service: 'a',
        configHash: 'abc',
        state: 'running',
        status: 'Up 5 minutes (healthy)',
      },
      { name: 'kafka-b-1', service: 'b', configHash: 'def', state: 'exited', status: 'Exited (1)' },
    ]);
    expect(host.ran[0]).toContain('label=com.docker.compose.project=kafka');
  });

  it('has a wanted configuration for each service', async () => {
    const host = new ScriptedHost([[/config --hash \*$/, { stdout: 'a   abc\nb def\n\n' }]]);
    expect(await wantedHashes(host, project)).toEqual(
      new Map([
        ['a', 'abc'],
        ['b', 'def'],
      ]),
    );
  });
});

describe('a container', () => {
  it.each<[string, string, boolean]>([
    ['running', 'Up 5 minutes', true],
    ['running', 'Up 5 minutes (healthy)', true],
    ['running', 'Up 5 seconds (health: starting)', true],
    ['running', 'Up 5 minutes (unhealthy)', false],
    ['exited', 'Exited (0) 1 second ago', false],
    ['dead', 'Dead', false],
    ['restarting', 'Restarting (1) 1 second ago', false],
    ['created', 'Created', false],
    ['paused', 'Up 5 minutes (Paused)', false],
  ])('that is %s, "%s": running %s', (state, status, running) => {
    const container = { name: 'n', service: 's', configHash: 'h', state, status };
    expect(isRunning(container)).toBe(running);
  });
});
