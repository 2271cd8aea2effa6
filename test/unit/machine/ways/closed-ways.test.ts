import { describe, expect, it } from 'vitest';
import { refuseClosedWays } from '../../../../src/machine/ways/closed-ways.ts';
import type { Way, WayEnd, WayState } from '../../../../src/machine/ways/try-ways.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const HELD = [
  [
    'ss --no-header --listening --tcp --numeric --processes',
    { stdout: 'LISTEN 0 50 0.0.0.0:9093 0.0.0.0:* users:(("nginx",pid=7,fd=3))\n' },
  ],
  [/^docker ps/, {}],
  [/^sh -c \ntail -n 1 "\/proc/, { stdout: '0::/system.slice/nginx.service\nnginx: master process\n' }],
] as const;
const end = (number: number): WayEnd => ({
  name: `kafka-${number}`,
  host: new ScriptedHost(HELD),
  address: `10.0.1.${number}`,
  ports: [9092, 9093],
});
const ENDS = [end(1), end(2), end(3)] as const;
const way = (from: number, to: number, port: number, state: WayState, isBusy = false): Way => ({
  ...{ from: ENDS[from - 1] ?? end(from), to: ENDS[to - 1] ?? end(to) },
  ...{ port, state, isBusy },
});
const refused = (...ways: Way[]) => actionErrorOf(() => refuseClosedWays(ways));

describe('refuseClosedWays', () => {
  it('has nothing against open ways', async () => {
    await expect(
      refuseClosedWays([way(1, 2, 9092, 'open'), way(2, 1, 9092, 'open', true)]),
    ).resolves.toBeUndefined();
  });

  it('names each closed way and gives the rule for the security group', async () => {
    const { code, message, hint, details } = await refused(
      way(1, 2, 9092, 'open'),
      way(1, 3, 9093, 'silent'),
      way(2, 3, 9092, 'silent'),
    );
    expect(code).toBe('way-closed');
    expect(message).toBe(
      'the machines do not all reach one another: 10.0.1.1 → 10.0.1.3:9093: no answer: open it in the security group; 10.0.1.2 → 10.0.1.3:9092: no answer: open it in the security group',
    );
    expect(details).toHaveLength(2);
    expect(hint).toBe(
      'In the security group of the machines let its own members in: aws ec2 authorize-security-group-ingress --group-id GROUP --source-group GROUP --protocol tcp --port 9092-9093 (GROUP is its id, sg-…). Then run again: nothing was deployed.',
    );
  });

  it('sends to the machine itself for what the machine rejects', async () => {
    const { message, hint } = await refused(way(1, 3, 9093, 'refused'));
    expect(message).toContain(
      '10.0.1.1 → 10.0.1.3:9093: refused, and something does listen there: a firewall on the machine rejects it',
    );
    expect(hint).toBe(
      'On the machine behind the arrow, a firewall shows in sudo iptables -S and sudo nft list ruleset. Then run again: nothing was deployed.',
    );
  });

  it('leaves both open for what cannot be reached at all', async () => {
    const { message, hint } = await refused(way(1, 3, 9093, 'unreachable'));
    expect(message).toContain('unreachable: no route leads there, or a firewall rejects it');
    expect(hint).toMatch(/--port 9093 .*iptables -S/);
  });

  it('thinks of a wrong address where another machine answers', async () => {
    const { message, hint } = await refused(way(1, 3, 9093, 'strange'));
    expect(message).toContain('10.0.1.1 → 10.0.1.3:9093: something else answers there');
    expect(hint).toContain('private-addresses');
  });

  it('names six in the message, and all in the details', async () => {
    const many = Array.from({ length: 8 }, (_, index) => way(1, 2, 9092 + index, 'silent'));
    const { message, details } = await refused(...many);
    expect(message.split('→')).toHaveLength(7);
    expect(message).toMatch(/; and 2 more$/);
    expect(details).toHaveLength(8);
  });

  it('says on which machine a stranger holds a port, and who it is', async () => {
    const strange = [way(1, 3, 9093, 'strange', true), way(2, 3, 9093, 'strange', true)];
    const { code, message, hint } = await refused(...strange, way(1, 2, 9092, 'silent'));
    expect(code).toBe('port-in-use');
    expect(message).toBe(
      'kafka-3: already taken on the machine: port 9093 (wanted by kafka, held by nginx, process 7 of nginx.service (nginx: master process))',
    );
    expect(hint).toContain('sudo systemctl stop nginx.service');
  });
});
