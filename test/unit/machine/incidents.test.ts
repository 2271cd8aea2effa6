import { describe, expect, it } from 'vitest';
import { incidentsBetween } from '../../../src/machine/incidents.ts';
import type { ContainerState } from '../../../src/machine/machine-look.ts';
import { containerState } from '../support/machine-looks.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';

const members = [{ service: 'broker', role: 'broker' }] as const;
const broker = (more: Partial<ContainerState> = {}) => containerState('broker', more);
const back = { startedAt: '2026-11-26T14:00:09Z', finishedAt: '2026-11-26T14:00:05Z' };

function compare(before: ContainerState[], after: ContainerState[], events: Answer = 0, boot = 'a 1') {
  const host = new ScriptedHost([[/^docker events --since 7 --until 0s /, events]]);
  const look = { boot: 'a 1', atS: 7, containers: before };
  return incidentsBetween(host, look, { boot, atS: 9, containers: after }, members);
}

describe('what befell a machine', () => {
  it('is nothing when each container is as it was', async () => {
    const sick = containerState('registry', { isUnhealthy: true });
    expect(await compare([broker(), sick], [broker(), sick, containerState('new')])).toEqual({
      ...{ isMachineRestarted: false, sentences: [], brokers: [] },
    });
  });

  it.each([['b 1'], ['a 2']])(
    'is its restart, when the kernel or the first process is another: %s',
    async boot => {
      expect(await compare([broker()], [broker(back)], 0, boot)).toEqual({
        ...{ isMachineRestarted: true, sentences: [], brokers: [] },
      });
    },
  );

  it.each<[string, ContainerState[], string, string]>([
    [
      'was killed, and restarted by its policy',
      [broker({ ...back, restarts: 1 })],
      'die id-of-kafka-broker-1 137\n',
      'broker went away (exit code 137 (killed by SIGKILL) at 14:00:05 UTC) and was started again at 14:00:09 UTC by its restart policy',
    ],
    [
      'was killed by the kernel',
      [broker({ ...back, restarts: 1, memoryLimit: 1 << 20 })],
      'oom id-of-kafka-broker-1 \ndie id-of-kafka-broker-1 137\n',
      'broker went away (exit code 137 (killed by the kernel, it used up its limit of 1 MiB of memory) at 14:00:05 UTC) and was started again at 14:00:09 UTC by its restart policy',
    ],
    [
      'was restarted by somebody, when the engine has forgotten how it ended',
      [broker(back)],
      'die another 1\n',
      'broker went away (at 14:00:05 UTC) and was started again at 14:00:09 UTC by hand',
    ],
    ['was paused', [broker({ state: 'paused' })], '', 'broker is paused'],
    ['is gone', [], '', 'broker was removed'],
    [
      'was replaced',
      [broker({ id: 'other', createdAt: '2026-11-26T14:00:07Z', state: 'paused' })],
      '',
      'broker was replaced by a new container at 14:00:07 UTC, which is paused',
    ],
  ])('is told for a container that %s', async (_, after, stdout, sentence) => {
    expect(await compare([broker()], after, { stdout })).toEqual({
      ...{ isMachineRestarted: false, sentences: [sentence], brokers: ['broker'] },
    });
  });

  it('tells of others than brokers, too', async () => {
    const before = containerState('registry', { state: 'paused' });
    const found = await compare([before], [containerState('registry')]);
    expect(found).toMatchObject({ sentences: ['registry is well again'], brokers: [] });
  });
});
