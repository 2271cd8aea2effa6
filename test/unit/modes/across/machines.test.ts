import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../src/config/config.ts';
import type { ListedMachine, MachinesConfig } from '../../../../src/config/machines-inputs.ts';
import { ActionError } from '../../../../src/errors.ts';
import type { Connection } from '../../../../src/host/connection.ts';
import { openMachines } from '../../../../src/modes/across/machines.ts';
import { Run, type RunDependencies, type RunResults } from '../../../../src/modes/run.ts';
import { ManualClock } from '../../support/clocks.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { INSPECTION, inspectionOf } from '../../support/sessions.ts';

const HELD: Answer = { stdout: 'state=held\nage=1\ntoken=ef56\nwho=https://github.example/7\nmode=deploy\n' };
const STOP = / sh ab12 \d+$/;

const FREE: Answer = { stdout: 'state=free\n' };

interface Told {
  /** What a machine answers when it is asked for its lock, time after time; the last for ever. */
  readonly take?: Readonly<Record<string, readonly Answer[]>>;
  /** Why nobody comes to a machine. */
  readonly unreachable?: Readonly<Record<string, string>>;
  /** Those of the names that are to leave. */
  readonly leaving?: readonly string[];
}

/** Runs on machines of these names; `events` has who was connected to, taken, given back and closed, in order. */
function on(names: readonly string[], { take = {}, unreachable = {}, leaving = [] }: Told = {}) {
  const events: string[] = [];
  const log = new RecordingLog();
  const hostOf = (name: string) => {
    const host = new ScriptedHost([
      [INSPECTION, inspectionOf()],
      [/\bsh take ab12 /, ...(take[name] ?? [FREE])],
      [/\bsh keep ab12 /, { stdout: 'state=kept\n' }],
      [/\bsh release ab12 /, { stdout: 'state=free\ntoken=ab12\n' }],
      [STOP, { stdout: '' }],
    ]);
    const run = host.run.bind(host);
    host.run = async command => {
      const operation = /\bsh (take|release) ab12/.exec(command.argv.join(' '))?.[1];
      if (operation) events.push(`${operation} ${name}`);
      const result = await run(command);
      if (operation === 'take') events.push(`answer ${name}`);
      return result;
    };
    host.close = async () => void events.push(`close ${name}`);
    return host;
  };
  const dependencies = {
    ...{ log, clock: new ManualClock(), env: {}, runId: 'ab12', startedAt: new Date(0) },
    cancelled: new AbortController().signal,
    openHost: async ({ connection }: { connection: Connection }) => {
      const name = connection.kind === 'ssh' ? connection.target.host : '';
      if (unreachable[name]) throw new ActionError('ssh-unreachable', unreachable[name]);
      events.push(`connect ${name}`);
      return hostOf(name);
    },
    kafkaClients: () => ({}),
  } as unknown as RunDependencies;
  const machines = names.map(
    (name): ListedMachine => ({
      name,
      connection: { kind: 'ssh', target: { host: name, port: 22, username: 'u' } } as Connection,
    }),
  );
  const isLeaving = ({ name }: ListedMachine) => leaving.includes(name);
  const staying = machines.filter(machine => !isLeaving(machine));
  const config: MachinesConfig = { machines: staying, controllers: 3, parallel: 16 };
  const run = new Run(
    {
      ...{ mode: 'deploy', connection: machines[0]?.connection, timeoutMs: 60_000, lockTimeoutMs: 0 },
      smokeTest: { clients: ['host', 'runner'], drill: 'none' },
    } as unknown as Config,
    dependencies,
  );
  const work = async (): Promise<RunResults> => {
    await using opened = await openMachines(run, config, { leaving: machines.filter(isLeaving) });
    events.push('work');
    for (const { listed } of opened.leaving) events.push(`leaves ${listed.name}`);
    for (const { listed } of opened.unreached) events.push(`silent ${listed.name}`);
    return {
      project: { name: opened.all.map(({ listed }) => listed.name).join(), directory: '', composeFiles: [] },
    };
  };
  return { events, log, report: run.report(work()) };
}

describe('the machines of a cluster', () => {
  it('are taken in the order of their names, and stay in that of the list', async () => {
    const { events, report } = on(['c', 'a', 'b']);
    expect((await report).project?.name).toBe('c,a,b');
    expect(events.filter(event => event.startsWith('take'))).toEqual(['take a', 'take b', 'take c']);
    expect(events.filter(event => !event.startsWith('answer')).toSorted()).toEqual(
      ['connect', 'take', 'release', 'close']
        .flatMap(each => ['a', 'b', 'c'].map(name => `${each} ${name}`))
        .concat('work')
        .toSorted(),
    );
  });

  it('are tried all at once as soon as the first is had', async () => {
    const { events, report } = on(['c', 'a', 'b']);
    await report;
    expect(events.filter(event => /^(take|answer)/.test(event))).toEqual([
      ...['take a', 'answer a', 'take b', 'take c', 'answer b', 'answer c'],
    ]);
  });

  it('are not kept from others while the run waits for one that comes before them', async () => {
    const { events, report } = on(['a', 'b', 'c'], { take: { b: [HELD, FREE] } });
    await report;
    expect(events.slice(0, events.indexOf('work')).filter(event => /^(take|release)/.test(event))).toEqual([
      ...['take a', 'take b', 'take c', 'release c', 'take b', 'take c'],
    ]);
  });

  it('are all left to the run that has the first', async () => {
    const { events, report } = on(['a', 'b', 'c'], { take: { a: [HELD] } });
    expect((await report).failure?.message).toMatch(/^a: the machine is still in use/);
    expect(events.filter(event => event.startsWith('take'))).toEqual(['take a']);
  });

  it('are given back when one of them cannot be had', async () => {
    const { events, report, log } = on(['a', 'b', 'c'], { take: { b: [HELD] } });
    const { failure } = await report;
    expect(failure).toMatchObject({ step: 'lock', code: 'machine-locked' });
    expect(failure?.message).toMatch(/^b: the machine is still in use/);
    expect(events).not.toContain('work');
    expect(events.filter(event => event.startsWith('release'))).toEqual(['release c', 'release a']);
    expect(events.filter(event => event.startsWith('close'))).toHaveLength(3);
    expect(log.text).toContain('✘ Lock: b: ');
  });

  it('are left alone when one of them is not reached, and each of those is named', async () => {
    const { events, report } = on(['a', 'b', 'c'], { unreachable: { a: 'no route', c: 'no answer' } });
    const { failure } = await report;
    expect(failure).toMatchObject({ step: 'connect', message: 'a: no route', details: ['c: no answer'] });
    expect(events).toEqual(['connect b', 'close b']);
  });

  it('may be silent when they are to leave, and are taken like the others when they are not', async () => {
    const { events, report } = on(['a', 'd', 'e'], {
      ...{ leaving: ['d', 'e'], unreachable: { e: 'no answer' } },
    });
    expect((await report).failure).toBeUndefined();
    const work = events.indexOf('work');
    expect(events.slice(work, work + 3)).toEqual(['work', 'leaves d', 'silent e']);
    expect(events).toEqual(expect.arrayContaining(['take a', 'take d', 'release d', 'close d']));
    const { report: without } = on(['a', 'b', 'd'], { leaving: ['d'], unreachable: { b: 'no answer' } });
    expect((await without).failure).toMatchObject({ step: 'connect', message: 'b: no answer' });
  });

  it('have a group of the log each, in the order of the list', async () => {
    const { log, report } = on(['c', 'a']);
    await report;
    expect(log.lines.filter(line => /^group/.test(line))).toEqual(['group Connect · c', 'group Connect · a']);
  });

  it('are in the report as soon as they answer', async () => {
    const { report } = on(['a', 'b', 'c'], { take: { a: [HELD] } });
    expect((await report).machines?.map(({ name, ssh }) => `${name}: ${ssh}`)).toEqual([
      ...['a: ssh u@a', 'b: ssh u@b', 'c: ssh u@c'],
    ]);
  });
});
