import { describe, expect, it } from 'vitest';
import { systemUpdateStep } from '../../../../src/steps/deploy/system-update.ts';
import { planSteps } from '../../../../src/steps/plan.ts';
import type { Step } from '../../../../src/steps/step.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const apply = (step: Step, context: Parameters<Step['check']>[0]) =>
  step.apply ? step.apply(context) : expect.unreachable('it can be applied');

const LIST = '\nkernel.x86_64    6.1.150   amazonlinux\nopenssl.x86_64  3.2.2  amazonlinux\n';
const BANNER = `WARNING:
  A newer release of "Amazon Linux" is available.
  Version 2023.10.20260105:
  Version 2023.10.20260202:
  Version 2023.9.20251208:
`;
const INSTALLED = 'installed=2023.9.20251105\nlocked=\n';

/** A machine whose yum answers so. */
function machine(...updates: Answer[]) {
  return scriptedOf({}, ...updates);
}

function scriptedOf(
  { releases = INSTALLED, restarts = '', told = '' }: Record<string, string>,
  ...updates: Answer[]
) {
  return scriptedContext([
    [/^sh -c \nrpm -q --queryformat 'installed/, { stdout: releases }],
    [/^sh -c \nstarted\(\)/, { stdout: restarts }],
    [/^yum .*check-update$/, ...updates],
    [/^yum .*check-release-update$/, { exitCode: told === '' ? 0 : 100, stdout: told }],
    [/^yum .*update -y$/, 0],
  ]);
}

describe('the update of the system', () => {
  it('is not needed when yum knows of none, and says within which release', async () => {
    const { context } = machine(0);
    const detail = 'nothing to update within 2023.9.20251105';
    expect(await systemUpdateStep().check(context)).toEqual({ satisfied: true, detail });
  });

  it('is done when yum knows of some, and what yum holds back then does not count', async () => {
    const { context, host } = machine({ exitCode: 100, stdout: LIST });
    const step = systemUpdateStep();
    const within = 'within 2023.9.20251105';
    expect(await step.check(context)).toEqual({
      satisfied: false,
      detail: `packages to update ${within}: 2`,
    });
    await apply(step, context);
    const detail = `updated ${within}, 2 held back by yum`;
    expect(await step.check(context)).toEqual({ satisfied: true, detail });
    expect(host.count(/^sudo yum .*update -y$/)).toBe(1);
  });

  it('still counts as not done when it fails', async () => {
    const { context } = scriptedContext([
      [/^sh -c \nrpm -q/, { stdout: INSTALLED }],
      [/^yum .*check-update$/, { exitCode: 100, stdout: LIST, stderr: BANNER }],
      [/^yum .*update -y$/, 1],
    ]);
    const step = systemUpdateStep();
    expect((await actionErrorOf(() => apply(step, context))).code).toBe('package-manager-failed');
    expect(await step.check(context)).toMatchObject({ satisfied: false });
  });

  it('cannot be judged when the repository cannot be read', async () => {
    const { context } = machine({ exitCode: 1, stderr: 'Could not resolve host' });
    const error = await actionErrorOf(() => systemUpdateStep().check(context));
    expect(error).toMatchObject({ code: 'package-manager-failed', details: ['Could not resolve host'] });
  });

  it('is foreseen by the names of the packages, and the reboot that follows', async () => {
    const { context } = machine({ exitCode: 100, stdout: LIST });
    const log = { ...context.log, startGroup: () => {}, endGroup: () => {}, info: () => {} };
    const { results } = await planSteps([systemUpdateStep()], { ...context, log });
    expect(results[0]?.foreseen).toEqual([
      'kernel 6.1.150',
      'openssl 3.2.2',
      'a reboot will be wanted after it: kernel',
    ]);
  });
});

describe('the release of Amazon Linux', () => {
  const newer = 'nothing to update within 2023.9.20251105; 2023.10.20260202 is there';

  it('is told when a newer one is there, the newest by its numbers, from what yum warns of', async () => {
    const { context, host, log } = machine({ exitCode: 0, stderr: BANNER });
    expect((await systemUpdateStep().check(context)).detail).toBe(newer);
    expect(log.lines.join('\n')).toContain('to take it: release: 2023.10.20260202, or a newer image');
    expect(host.count(/check-release-update/)).toBe(0);
  });

  it('is asked for where yum warns of none', async () => {
    const { context } = scriptedOf({ told: BANNER }, 0);
    expect((await systemUpdateStep().check(context)).detail).toBe(newer);
  });

  it('is no newer one where the warning names the one that is installed, or an older one', async () => {
    const { context } = scriptedOf(
      { releases: 'installed=2023.10.20260202\nlocked=\n' },
      { stdout: '', stderr: BANNER },
    );
    const { detail } = await systemUpdateStep().check(context);
    expect(detail).toBe('nothing to update within 2023.10.20260202');
  });

  it('is the one that somebody has set for good', async () => {
    const { context } = scriptedOf({ releases: 'installed=2023.9.20251105\nlocked=latest\n' }, 0);
    expect((await systemUpdateStep().check(context)).detail).toBe('nothing to update within latest');
  });

  it('is left when another one is asked for', async () => {
    const list = 'system-release.noarch  2023.10.20260202-0.amzn2023  amazonlinux\n';
    for (const [release, now] of [
      ['2023.10.20260202', INSTALLED],
      ['latest', INSTALLED],
    ] as const) {
      const { context, host } = scriptedOf({ releases: now }, { exitCode: 100, stdout: list });
      const step = systemUpdateStep(release);
      const detail = 'packages to update from release 2023.9.20251105 to 2023.10.20260202: 1';
      expect(await step.check(context)).toEqual({ satisfied: false, detail });
      await apply(step, context);
      expect(host.count(new RegExp(`^sudo yum .* --releasever=${release} update -y$`))).toBe(1);
    }
  });

  it.each([
    ['2023.9.20251105', 'nothing to update in release 2023.9.20251105'],
    ['latest', 'nothing to update in release 2023.9.20251105'],
    [
      '2023.8.20250101',
      'nothing to update in release 2023.8.20250101: the machine is at 2023.9.20251105, which is newer, and yum takes nothing back',
    ],
  ])('%s changes nothing on a machine that is there, or further', async (release, detail) => {
    const { context } = machine(0);
    expect(await systemUpdateStep(release).check(context)).toEqual({ satisfied: true, detail });
  });

  it('that does not exist is named, with the way to find those that do', async () => {
    const stderr =
      "Errors during downloading metadata for repository 'amazonlinux':\n  - Status code: 404 for http://x/repodata/repomd.xml\nError: Failed to download metadata for repo 'amazonlinux'\n";
    const { context } = machine({ exitCode: 1, stderr });
    const error = await actionErrorOf(() => systemUpdateStep('2023.99.20990101').check(context));
    expect(error.code).toBe('package-manager-failed');
    expect(error.message).toMatch(/^there is no repository for release 2023\.99\.20990101: /);
    expect(error.hint).toContain('sudo dnf check-release-update');
  });
});

describe('what does not take effect before something is started anew', () => {
  const restartsAfter = (...packages: string[]) =>
    ['boot=1000', 'engine=3000', ...packages.map(each => `package=${each}`)].join('\n');

  it.each([
    ['a core library', 'glibc 2.34-231', '2000 glibc 2.34-231'],
    ['a kernel of either line', 'kernel6.12 6.12.1-1', '1001 kernel6.12 6.12.1-1'],
  ])('%s wants a reboot, which is said and not done', async (_, named, installed) => {
    const { context, log, host } = scriptedOf({ restarts: restartsAfter(installed) }, 0);
    const { satisfied, detail } = await systemUpdateStep().check(context);
    expect({ satisfied, detail }).toEqual({
      satisfied: true,
      detail: 'nothing to update within 2023.9.20251105; a reboot is wanted',
    });
    const warning = `warning the machine wants a reboot, which is left to you; installed after its start: ${named}.`;
    expect(log.lines.filter(line => line.startsWith(warning))).toHaveLength(1);
    expect(host.count(/reboot|restart/)).toBe(0);
  });

  it('an engine that was updated while it ran wants a restart', async () => {
    const { context, log } = scriptedOf({ restarts: restartsAfter('3001 docker 25.0.13-1') }, 0);
    expect((await systemUpdateStep().check(context)).detail).not.toContain('reboot');
    expect(log.lines.join('\n')).toContain(
      'the Docker Engine wants a restart, which is left to you; installed after its start: docker 25',
    );
  });

  it.each([
    ['installed before', restartsAfter('900 glibc 2.34-1', '3000 docker 25.0.8-1')],
    ['something else', restartsAfter('2000 kernel-tools 6.1', '2000 docker-scan 1', '2000 glibc-common 2')],
    ['where nothing is known of the start', 'boot=\nengine=\npackage=2000 glibc 2.34-231'],
  ])('nothing is said of %s', async (_, restarts) => {
    const { context, log } = scriptedOf({ restarts }, 0);
    expect((await systemUpdateStep().check(context)).detail).not.toContain('reboot');
    expect(log.lines.filter(line => line.startsWith('warning'))).toEqual([]);
  });
});
