import { describe, expect, it } from 'vitest';
import { containerOf, drill, EVERYTHING, ran, type Setting } from '../../support/drills.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

describe('a drill that cannot be carried out', () => {
  it.each<[string, Setting, string, RegExp, string[]]>([
    [
      'without a safety net',
      { answers: { arm: { exitCode: 1, stderr: 'no systemd' } } },
      'drill-failed',
      /no systemd$/,
      EVERYTHING.slice(0, 2),
    ],
    [
      'when the broker cannot be stopped',
      { answers: { stop: { exitCode: 1, stderr: 'permission denied' } } },
      'command-failed',
      /docker stop/,
      ['docker ps', 'systemd-run', 'docker stop', ...EVERYTHING.slice(2)],
    ],
    [
      'when its container is not there',
      { containers: `${containerOf(2)}\n` },
      'drill-failed',
      /^service broker-1 has no container on a scripted machine$/,
      ['docker ps'],
    ],
  ])('says so %s', async (_, setting, code, words, commands) => {
    const { check, host, cluster } = drill(setting);
    const error = await actionErrorOf(check);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(ran(host)).toEqual(commands);
    expect(cluster.connected).toEqual([]);
  });

  it('says so when nobody knows the leader', async () => {
    const { check, cluster, host } = drill();
    cluster.partition(0).leader = 7;
    expect(await actionErrorOf(check)).toMatchObject({
      code: 'drill-failed',
      message:
        'broker 7 at undefined, which leads partition 0 of test-topic, is no service of the compose file',
    });
    expect(host.ran).toEqual([]);
  });
});

describe('a drill that is cancelled', () => {
  it.each([
    ['before the outage', 700, ['docker ps']],
    ['in the middle of the outage', 4_000, EVERYTHING],
    ['while the messages flow on', 7_000, EVERYTHING],
  ])('has started the broker again, if it had stopped it, %s', async (_, afterMs, commands) => {
    const { check, host, clock, abort, cluster, found } = drill();
    void clock.sleep(afterMs).then(() => abort.abort(new Error('cancelled')));
    await expect(check()).rejects.toThrow('cancelled');
    expect(ran(host)).toEqual(commands);
    expect(clock.now()).toBeLessThan(afterMs + 1_000);
    expect(found.drill?.traffic).toBeUndefined();
    expect(found.drill?.timeline.length).toBe([0, 2, 4][[700, 4_000, 7_000].indexOf(afterMs)]);
    expect(cluster.connected).toEqual([]);
    expect([...cluster.groups.keys()]).toEqual([]);
  });

  it('has started the broker again when it was just being stopped', async () => {
    const { check, host } = drill({ onStop: ({ abort }) => abort.abort(new Error('cancelled')) });
    await expect(check()).rejects.toThrow('cancelled');
    expect(ran(host)).toEqual(EVERYTHING);
  });
});
