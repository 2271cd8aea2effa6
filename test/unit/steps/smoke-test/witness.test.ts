import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../../src/error-codes.ts';
import { ActionError } from '../../../../src/errors.ts';
import { Witness } from '../../../../src/steps/smoke-test/witness.ts';
import { type Step, satisfied } from '../../../../src/steps/step.ts';
import { containerState, LOOK, lookOutput } from '../../support/machine-looks.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { readProject } from '../../support/stacks.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const project = { name: 'kafka', directory: '/k', composeFiles: [] };
const { cluster } = readProject(
  JSON.stringify({
    services: {
      broker: {
        image: 'confluentinc/cp-kafka:7.9.2',
        environment: {
          KAFKA_ZOOKEEPER_CONNECT: 'z:1',
          KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092',
        },
        ports: ['9092:9092'],
      },
    },
  }),
);
const BEFORE = { stdout: lookOutput([containerState('broker')]) };
const KILLED = {
  stdout: lookOutput([containerState('broker', { startedAt: '2026-11-26T14:00:09Z', restarts: 1 })]),
};
const RESTARTED = { stdout: lookOutput([containerState('broker')], 'other 7') };

function witnessed(looks: readonly Answer[], outcome?: unknown) {
  const made = scriptedContext([
    [LOOK, ...looks],
    [/^docker events/, 0],
  ]);
  const step: Step = {
    ...{ name: 'smoke-test-runner', title: 'Test', needs: [] },
    check: async () => {
      if (outcome !== undefined) throw outcome;
      return satisfied('fine');
    },
  };
  const witness = new Witness({ project, cluster });
  return { ...made, witness, step, check: () => witness.of(step).check(made.context) };
}

const broken = new ActionError('round-trip-failed', '5 of 10 messages were acknowledged');

describe('a witness of the smoke test', () => {
  it('says nothing when nothing befell the machine', async () => {
    const { check, log } = witnessed([BEFORE]);
    expect(await check()).toEqual({ satisfied: true, detail: 'fine' });
    expect(log.lines).toEqual([]);
    expect(await actionErrorOf(witnessed([BEFORE], broken).check)).toBe(broken);
  });

  it('of a broker that runs and does not serve says how it is started anew', async () => {
    const facts = { silentBrokers: cluster.brokers.map(({ address }) => address) };
    const silent = new ActionError('broker-down', '1 of 1 brokers does not serve', { facts });
    const { hint } = await actionErrorOf(witnessed([BEFORE], silent).check);
    expect(hint).toBe(
      'broker runs and does not answer, and a second run leaves a container that runs as it is. To start it anew, on the machine: cd /k && sudo /usr/local/bin/docker-compose --project-name kafka restart broker',
    );
    const halted = { stdout: lookOutput([containerState('broker', { isHalted: true })]) };
    expect((await actionErrorOf(witnessed([halted], silent).check)).hint).toMatch(
      /^broker hangs: a signal \(SIGSTOP\) has stopped its process\. On the machine: sudo docker kill --signal CONT /,
    );
    const gone = { stdout: lookOutput([]) };
    expect((await actionErrorOf(witnessed([gone], silent).check)).hint).toBe(ERRORS['broker-down'].hint);
  });

  it('looks once between two parts', async () => {
    const { check, host } = witnessed([BEFORE]);
    await check();
    await check();
    expect(host.commands).toHaveLength(3);
  });

  it('looks once before parts that run side by side, and warns once of what each of them sees', async () => {
    const { witness, step, context, host, log } = witnessed([BEFORE, KILLED]);
    await Promise.all([witness.of(step).check(context), witness.of(step).check(context)]);
    expect(host.commands.filter(({ argv }) => LOOK.test(argv.join(' ')))).toHaveLength(3);
    expect(log.lines).toHaveLength(1);
  });

  it.each([
    [KILLED, /^warning during the test broker went away .* by its restart policy$/],
    [RESTARTED, /^warning during the test a scripted machine was restarted$/],
  ])('warns of what a test that passed has survived', async (after, line) => {
    const { check, log } = witnessed([BEFORE, after]);
    await check();
    expect(log.text).toMatch(line);
  });

  it.each(['round-trip-failed', 'host-client-failed', 'messages-unread'] as const)(
    'takes the end of a broker for the cause: %s',
    async code => {
      const failed = new ActionError(code, '5 of 10', {
        facts: { silentBrokers: ['b'] },
        details: ['a line'],
      });
      expect(await actionErrorOf(witnessed([BEFORE, KILLED], failed).check)).toMatchObject({
        code: 'broker-down',
        message: expect.stringMatching(/^during the test broker went away .*; 5 of 10$/),
        details: ['a line'],
        facts: { silentBrokers: ['b'] },
      });
    },
  );

  it('tells it with any other failure, which stays', async () => {
    const failed = new ActionError('replicas-out-of-sync', 'not in sync');
    expect(await actionErrorOf(witnessed([BEFORE, KILLED], failed).check)).toMatchObject({
      code: 'replicas-out-of-sync',
      message: expect.stringMatching(/^during the test broker went away .*; not in sync$/),
    });
  });

  it('takes the restart of the machine for a lost connection, which is not tried again', async () => {
    const error = await actionErrorOf(witnessed([BEFORE, RESTARTED], broken).check);
    expect(error).toMatchObject({
      code: 'ssh-connection-lost',
      retriable: false,
      message: expect.stringContaining('a scripted machine was restarted (it runs under a new boot id)'),
      details: [broken.message],
    });
    expect(error.hint).toContain('journalctl --list-boots');
  });

  it.each([[KILLED], [RESTARTED]])('never explains away what is proved of the messages', async after => {
    const lost = new ActionError('messages-lost', '1 is lost');
    expect(await actionErrorOf(witnessed([BEFORE, after], lost).check)).toMatchObject({
      code: 'messages-lost',
      message: expect.stringMatching(/^1 is lost; during the test /),
    });
  });

  it('does without a machine that cannot be looked at', async () => {
    const gone = { throws: new Error('gone') };
    expect(await actionErrorOf(witnessed([gone], broken).check)).toBe(broken);
    expect(await actionErrorOf(witnessed([BEFORE, gone], broken).check)).toBe(broken);
    expect((await witnessed([BEFORE, gone]).check()).satisfied).toBe(true);
  });
});
