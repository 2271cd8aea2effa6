import { describe, expect, it } from 'vitest';
import { stackStep } from '../../../src/steps/deploy/stack.ts';
import { downSteps } from '../../../src/steps/down/steps.ts';
import { PASSED } from '../support/reports.ts';
import { type Answer, GUARD, type Script } from '../support/scripted-host.ts';
import { scriptedContext } from '../support/step-context.ts';

const PROJECT = { name: 'p', directory: '/home/u/p', composeFiles: ['docker-compose.yml'] };
const STACK = { services: ['broker'], publishedPorts: [] } as never;
const { machine = expect.unreachable('the sample has a machine') } = PASSED;

/** The operations on the rules, in their order. */
const operationsOn = ({ ran }: { readonly ran: readonly string[] }) =>
  ran.filter(words => GUARD.test(words.replace('sudo ', ''))).map(words => /sh (\w+) p$/.exec(words)?.[1]);

function stackWith(...guard: Answer[]) {
  const container = 'p-broker-1\tbroker\tab12\trunning\tUp 2 minutes\t/home/u/p/docker-compose.yml\n';
  const script: Script = [
    [GUARD, ...(guard as [Answer])],
    [/config --hash \*$/, { stdout: 'broker ab12\n' }],
    [/^docker ps /, { stdout: container }],
    [/ up --detach$/, 0],
    [/./, 0],
  ];
  const { host, context } = scriptedContext(script);
  return { host, context, step: stackStep(PROJECT, STACK, []) };
}

describe('neighbours of the machine', () => {
  it('that reach the containers are a reason to change something, which a plan tells', async () => {
    const { step, context } = stackWith({ stdout: 'open\n' });
    expect(await step.check(context)).toMatchObject({
      satisfied: false,
      detail: "neighbours on the machine's network reach the containers",
    });
  });

  it('that are kept out are none', async () => {
    const { step, context, host } = stackWith(0);
    expect((await step.check(context)).satisfied).toBe(true);
    expect(operationsOn(host)).toEqual(['look']);
  });

  it('are kept out once the containers run', async () => {
    const { step, context, host } = stackWith(0);
    await step.apply?.(context);
    expect(operationsOn(host)).toEqual(['set']);
    const up = host.ran.findIndex(words => words.endsWith('up --detach'));
    expect(up).toBeLessThan(host.ran.findIndex(words => words.includes('sh set p')));
  });

  it('are no longer kept out when the deployment is gone, also when its networks went by hand', async () => {
    const { host, context } = scriptedContext([
      [GUARD, { stdout: 'open\n' }, 0],
      [/^docker network /, 0],
    ]);
    const options = {
      project: 'p',
      machine: { ...machine, hasDocker: true },
      volumes: false,
      record: undefined,
    };
    const networks = downSteps(options).find(({ name }) => name === 'networks');
    expect(await networks?.check(context)).toMatchObject({ satisfied: false });
    await networks?.apply?.(context);
    expect(operationsOn(host)).toEqual(['look', 'remove']);
  });
});
