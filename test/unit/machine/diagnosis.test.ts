import { describe, expect, it } from 'vitest';
import { diagnose, finalContainers } from '../../../src/machine/diagnosis.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { forever } from '../support/memory-kafka.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { type Script, ScriptedHost } from '../support/scripted-host.ts';

const container = (name: string, state: string, status: string) => ({
  ...{ name, service: name, configHash: 'hash', state, status },
});
const BROKERS = [container('broker-1', 'exited', 'Exited (1)'), container('broker-2', 'running', 'Up')];
const PROJECT = { name: 'kafka', directory: '/k', composeFiles: ['docker-compose.yml'] };
const NOTHING = { logs: [], disk: [], memory: [] };

function machine(script: Script) {
  const host = new ScriptedHost(script);
  const clock = new SimulatedClock();
  const log = new RecordingLog();
  return { host, clock, log, diagnosis: () => diagnose(host, BROKERS, { log, clock }) };
}
const ANSWERS: Script = [
  [/^docker logs .*broker-1$/, { stdout: 'one\n\n', stderr: 'FATAL\n' }],
  [/^docker logs .*broker-2$/, { stdout: 'fine\n' }],
  ['df -h', { stdout: 'Filesystem\n/dev/xvda1\n' }],
  ['free -m', { stdout: 'Mem: 3900\n' }],
];

describe('the diagnosis', () => {
  it('is the last lines of each container, the disk and the memory, each in its group', async () => {
    const { diagnosis, log, host, clock } = machine(ANSWERS);
    expect(await diagnosis()).toEqual({
      logs: [
        { container: 'broker-1', service: 'broker-1', isRunning: false, lines: ['one', 'FATAL'] },
        { container: 'broker-2', service: 'broker-2', isRunning: true, lines: ['fine'] },
      ],
      disk: ['Filesystem', '/dev/xvda1'],
      memory: ['Mem: 3900'],
    });
    expect(log.lines).toEqual([
      ...['group Container broker-1: Exited (1)', 'info one', 'info FATAL', 'endgroup'],
      ...['group Container broker-2: Up', 'info fine', 'endgroup'],
      ...[
        'group Disk and memory',
        'info Filesystem',
        'info /dev/xvda1',
        'info ',
        'info Mem: 3900',
        'endgroup',
      ],
    ]);
    expect(host.ran).toContain('sudo docker logs --tail 50 broker-1');
    expect(clock.now()).toBe(0);
  });

  it('is empty when the machine is gone, and does not hide the failure', async () => {
    const gone = { throws: new Error('connection lost') };
    const { diagnosis, log, clock } = machine([[/./, gone]]);
    expect(await diagnosis()).toEqual(NOTHING);
    expect(log.lines).toEqual([]);
    expect(clock.now()).toBe(0);
  });

  it('is empty after twenty seconds when the machine hangs', async () => {
    const { diagnosis, log, clock, host } = machine(ANSWERS);
    host.run = forever;
    expect(await diagnosis()).toEqual(NOTHING);
    expect(log.lines).toEqual([]);
    expect(clock.now()).toBe(20_000);
  });

  it('knows the containers as they are at the end', async () => {
    const line = ['broker-1', 'broker-1', 'hash', 'exited', 'Exited (1)'].join('\t');
    const { host, clock } = machine([[/^docker ps /, { stdout: `${line}\n` }]]);
    expect(await finalContainers(host, PROJECT, clock)).toEqual([BROKERS[0]]);
  });

  it.each<[string, Script[number], number]>([
    ['fails', [/^docker ps /, { exitCode: 127 }], 0],
    ['is gone', [/^docker ps /, { throws: new Error('connection lost') }], 0],
  ])('knows no containers at a machine whose docker %s', async (_, row, afterMs) => {
    const { host, clock } = machine([row]);
    expect(await finalContainers(host, PROJECT, clock)).toEqual([]);
    expect(clock.now()).toBe(afterMs);
  });

  it('knows no containers when the machine hangs', async () => {
    const { host, clock } = machine([]);
    host.run = forever;
    expect(await finalContainers(host, PROJECT, clock)).toEqual([]);
    expect(clock.now()).toBe(20_000);
  });
});
