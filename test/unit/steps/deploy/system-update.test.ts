import { describe, expect, it } from 'vitest';
import { systemUpdateStep } from '../../../../src/steps/deploy/system-update.ts';
import type { Step } from '../../../../src/steps/step.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const apply = (step: Step, context: Parameters<Step['check']>[0]) =>
  step.apply ? step.apply(context) : expect.unreachable('it can be applied');

describe('the update of the system', () => {
  const LIST = '\nkernel.x86_64    6.1.150   amazonlinux\nopenssl.x86_64  3.2.2  amazonlinux\n';

  it('is not needed when yum knows of none', async () => {
    const { context } = scriptedContext([[/^yum .*check-update$/, 0]]);
    expect(await systemUpdateStep().check(context)).toMatchObject({ satisfied: true });
  });

  it('is done when yum knows of some, and what yum holds back then does not count', async () => {
    const { context, host } = scriptedContext([
      [/^yum .*check-update$/, { exitCode: 100, stdout: LIST }],
      [/^yum .*update -y$/, 0],
    ]);
    const step = systemUpdateStep();
    expect(await step.check(context)).toEqual({ satisfied: false, detail: 'packages to update: 2' });
    await apply(step, context);
    expect(await step.check(context)).toEqual({ satisfied: true, detail: 'updated, 2 held back by yum' });
    expect(host.count(/^sudo yum .*update -y$/)).toBe(1);
  });

  it('still counts as not done when it fails', async () => {
    const { context } = scriptedContext([
      [/^yum .*check-update$/, { exitCode: 100, stdout: LIST }],
      [/^yum .*update -y$/, 1],
    ]);
    const step = systemUpdateStep();
    expect((await actionErrorOf(() => apply(step, context))).code).toBe('package-manager-failed');
    expect(await step.check(context)).toMatchObject({ satisfied: false });
  });

  it('cannot be judged when the repository cannot be read', async () => {
    const { context } = scriptedContext([
      [/^yum .*check-update$/, { exitCode: 1, stderr: 'Could not resolve host' }],
    ]);
    const error = await actionErrorOf(() => systemUpdateStep().check(context));
    expect(error).toMatchObject({ code: 'package-manager-failed', details: ['Could not resolve host'] });
  });
});
