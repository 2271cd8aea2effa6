import { describe, expect, it } from 'vitest';
import { wayInWords } from '../../../../src/machine/ways/closed-ways.ts';
import type { Way, WayEnd, WayState } from '../../../../src/machine/ways/try-ways.ts';
import { waysStep } from '../../../../src/steps/cluster/ways.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

interface Found {
  readonly busy?: readonly number[];
  /** What its tries come to, in the order of the other machines and their ports. */
  readonly states: readonly WayState[];
}

function machines(...found: readonly Found[]): { ends: WayEnd[]; hosts: ScriptedHost[] } {
  const hosts = found.map(
    ({ busy = [], states }, index) =>
      new ScriptedHost([
        [
          /^python3 -c \nimport errno, json, os/,
          { stdout: JSON.stringify({ pid: 100 + index, busy, wrong: null }) },
        ],
        [/^python3 -c \nimport errno, json, socket/, { stdout: JSON.stringify(states) }],
        [/^kill /, 0],
      ]),
  );
  const ends = hosts.map((host, index) => ({
    ...{
      name: `kafka-${index + 1}`,
      host,
      address: `10.0.1.${index + 1}`,
      ports: index < 2 ? [9092, 9093] : [9092],
    },
  }));
  return { ends, hosts };
}

const noAuthority = async () => undefined;

describe('the step "ways"', () => {
  it('tells who reaches whom', async () => {
    const { ends, hosts } = machines(
      { states: ['open', 'open', 'open'] },
      { states: ['open', 'open', 'open'] },
      { states: ['open', 'open', 'open', 'open'] },
    );
    const { context, log } = scriptedContext([]);
    const result = await waysStep({ ends, authority: noAuthority }).check(context);
    expect(result).toEqual({
      satisfied: true,
      detail: '10 between 3 machines, all open',
      versions: undefined,
    });
    expect(log.lines).toEqual([
      'info 10.0.1.1 reaches 10.0.1.2:9092,9093, 10.0.1.3:9092',
      'info 10.0.1.2 reaches 10.0.1.1:9092,9093, 10.0.1.3:9092',
      'info 10.0.1.3 reaches 10.0.1.1:9092,9093, 10.0.1.2:9092,9093',
    ]);
    expect(hosts.map(({ ran }) => ran.at(-1))).toEqual(['kill 100', 'kill 101', 'kill 102']);
  });

  it('fails with what is closed, and notes every way before', async () => {
    const { ends } = machines({ states: ['open', 'silent'] }, { states: ['open', 'open'] });
    const { context, log } = scriptedContext([]);
    const noted: Way[] = [];
    const step = waysStep({ ends, authority: noAuthority, note: ways => noted.push(...ways) });
    const { code, details } = await actionErrorOf(() => step.check(context));
    expect(code).toBe('way-closed');
    expect(details).toEqual(['10.0.1.1 → 10.0.1.2:9093: no answer: open it in the security group']);
    expect(noted.map(wayInWords)).toEqual([
      '10.0.1.1 → 10.0.1.2:9092: open',
      '10.0.1.1 → 10.0.1.2:9093: no answer: open it in the security group',
      '10.0.1.2 → 10.0.1.1:9092: open',
      '10.0.1.2 → 10.0.1.1:9093: open',
    ]);
    expect(log.lines[0]).toBe('info 10.0.1.1 reaches 10.0.1.2:9092');
  });

  it('asks for the authority only where something listens, and ends no listener that has ended', async () => {
    const { ends, hosts } = machines(
      { busy: [9092, 9093], states: ['open', 'open'] },
      { states: ['open', 'open'] },
    );
    const { context } = scriptedContext([]);
    await waysStep({ ends, authority: async () => 'PEM' }).check(context);
    const asked = hosts[1]?.commands.find(({ stdin }) => stdin !== undefined);
    expect(JSON.parse(asked?.stdin ?? '')).toMatchObject({
      trusted: 'PEM',
      targets: [
        ['10.0.1.1', 9092, true],
        ['10.0.1.1', 9093, true],
      ],
    });
    expect(hosts.map(host => host.count(/^kill /))).toEqual([0, 1]);
  });
});
