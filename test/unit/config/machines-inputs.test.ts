import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const { privateKey: key } = makeKey('ed25519');
const parse = (inputs: RawInputs): Config => parseConfig({ key, stack: 'kraft', ...inputs }, () => key);
const refusal = async (inputs: RawInputs) =>
  (await actionErrorOf(() => parse({ host: 'a,b,c', ...inputs }))).message;
const targets = (inputs: RawInputs) =>
  parse(inputs).machines?.machines.map(({ name, connection }) => {
    if (connection.kind === 'local') return expect.unreachable('it is not SSH');
    const { username, host, port } = connection.target;
    return `${name}: ${username} ${host} ${port}`;
  });

describe('several machines', () => {
  it.each([
    '10.0.1.5,10.0.1.6,10.0.1.7',
    '10.0.1.5\n10.0.1.6\n10.0.1.7\n',
    ' 10.0.1.5 ,\r\n 10.0.1.6,, 10.0.1.7,',
  ])('stand one a line or with commas: %j', host => {
    expect(targets({ host })).toEqual([
      '10.0.1.5: ec2-user 10.0.1.5 22',
      '10.0.1.6: ec2-user 10.0.1.6 22',
      '10.0.1.7: ec2-user 10.0.1.7 22',
    ]);
  });

  it('may have a user and a port of their own, and share the others', () => {
    const host = 'admin@kafka-1.example:2222, [fd00::5]:2022, fd00::6';
    expect(targets({ host, port: '2200', username: 'kafka' })).toEqual([
      'kafka-1.example:2222: admin kafka-1.example 2222',
      '[fd00::5]:2022: kafka fd00::5 2022',
      'fd00::6: kafka fd00::6 2200',
    ]);
  });

  it('share the pins of their host keys', () => {
    const pin = `SHA256:${'a'.repeat(43)}`;
    const { machines } = parse({ host: 'a,b,c', 'host-fingerprint': pin });
    for (const { connection } of machines?.machines ?? [])
      expect(connection).toMatchObject({ target: { trust: { fingerprints: [pin] } } });
  });

  it('have the first as the one connection', () => {
    expect(parse({ host: 'a,b,c' }).connection).toMatchObject({ target: { host: 'a' } });
  });

  it('may have their private addresses told, and five controllers', () => {
    const { machines } = parse({
      ...{ host: 'a,b,c,d,e', controllers: '5', parallel: '4' },
      'private-addresses': '10.0.0.1, 10.0.0.2\n10.0.0.3 10.0.0.4,10.0.0.5',
    });
    expect(machines).toMatchObject({ controllers: 5, parallel: 4 });
    expect(machines?.machines[4]).toMatchObject({ name: 'e', privateAddress: '10.0.0.5' });
  });

  it('may have their racks told, of which several may be the same', () => {
    const { machines } = parse({ host: 'a,b,c', racks: 'eu-west-3a, eu-west-3b\neu-west-3a' });
    expect(machines?.machines.map(({ rack }) => rack)).toEqual(['eu-west-3a', 'eu-west-3b', 'eu-west-3a']);
  });

  it('may have their partitions spread, at a pace', () => {
    const { machines } = parse({ host: 'a,b,c', rebalance: 'true', 'rebalance-throttle': '1000000' });
    expect(machines?.rebalance).toEqual({ throttle: 1_000_000 });
    expect(parse({ host: 'a,b,c' }).machines?.rebalance).toBeUndefined();
  });

  it('may leave, with the user, port and keys of the others, at the pace that is given', () => {
    const { machines } = parse({
      ...{ host: 'a,b,c', port: '2200', 'rebalance-throttle': '1000000' },
      'remove-hosts': 'd, admin@[fd00::5]:22',
    });
    expect(machines?.leaving).toMatchObject({
      throttle: 1_000_000,
      machines: [
        { name: 'd', connection: { target: { host: 'd', port: 2200, username: 'ec2-user' } } },
        { name: '[fd00::5]:22', connection: { target: { host: 'fd00::5', port: 22, username: 'admin' } } },
      ],
    });
    expect(parse({ host: 'a,b,c' }).machines?.leaving).toBeUndefined();
  });

  it('may take the node of one that is lost, reached as the others are', () => {
    const { machines } = parse({ host: 'a,b:2222,c', replace: 'root@old:23 = b:2222' });
    expect(machines?.replacement).toMatchObject({
      old: { name: 'old:23', connection: { target: { host: 'old', username: 'root', port: 23 } } },
      successor: 'b:2222',
    });
    expect(parse({ host: 'a,b,c', replace: 'old=B:22' }).machines?.replacement?.successor).toBe('b');
    expect(parse({ host: 'a,b,c' }).machines).not.toHaveProperty('replacement');
  });

  it.each<[RawInputs, RegExp]>([
    [{ 'remove-hosts': 'd,d' }, /^remove-hosts: "d" is there more than once$/],
    [{ host: 'a,b,a:22' }, /^host: "a:22" is the same machine as "a": name it once$/],
    [{ host: 'a,A,b' }, /^host: "A" is the same machine as "a"/],
    [{ host: 'a,b:2200,c', port: '2200', replace: 'd=e' }, /^replace: "d=e" gives the node to e/],
    [
      { host: 'a,b,2001:db8:0:0:0:0:0:1:22' },
      /^host: "2001:db8:0:0:0:0:0:1:22" is not of the form host or user@host; an IPv6 address with a port is written \[ADDRESS\]:PORT$/,
    ],
    [{ host: 'a,b,[fd00::1' }, /^host: "\[fd00::1" is not of the form host or .* written \[ADDRESS\]:PORT$/],
    [{ 'remove-hosts': 'd,D:22' }, /^remove-hosts: "D:22" is the same machine as "d": name it once$/],
    [{ 'remove-hosts': 'd,b' }, /^remove-hosts and host: "b" cannot stay in the cluster and leave it/],
    [{ 'remove-hosts': 'b:22' }, /^remove-hosts and host: "b:22" cannot stay in the cluster and leave it/],
    [
      { mode: 'smoke-test', 'remove-hosts': 'd' },
      /^remove-hosts and mode: machines leave the cluster in mode deploy, and mode smoke-test changes none/,
    ],
    [{ host: 'a', 'remove-hosts': 'd' }, /^remove-hosts and host: it goes with several machines/],
    [{ host: 'a,b', 'remove-hosts': 'c' }, /^host: 2 machines make no quorum/],
    [{ host: 'a,b,c', replace: 'a=b' }, /^replace: "a=b" names a as lost, and host lists it: take it out/],
    [{ host: 'a,b,c', replace: 'A:22=b' }, /^replace: "A:22=b" names A:22 as lost, and host lists it/],
    [
      { host: 'a,b,c', replace: 'd=b', 'remove-hosts': 'd' },
      /^replace and remove-hosts: "d" cannot give its node to another machine and leave with it: name it in one of the two$/,
    ],
    [{ host: 'a,b,c', replace: 'd=e' }, /^replace: "d=e" gives the node to e, which host does not list/],
    [{ host: 'a,b,c', replace: 'd=a,e=b' }, /^replace: "d=a,e=b" names more than one machine/],
    [{ host: 'a', replace: 'b=a' }, /^replace and host: it goes with several machines/],
    [{ mode: 'down', replace: 'd=a' }, /^replace and mode: a machine is replaced by mode deploy/],
    [{ stack: 'zookeeper' }, /^stack and host: "zookeeper" is made for one machine/],
    [{ stack: 'kraft-single' }, /^stack and host: "kraft-single" is made for one machine/],
    [{ stack: '' }, /^stack and host: "zookeeper" is made for one machine/],
    [{ stack: '', mode: 'plan' }, /^stack and host: "zookeeper" is made for one machine/],
    [{ 'compose-file': 'kafka.yml' }, /^compose-file and host: a compose file describes what runs on one/],
    [{ environment: 'pr-42' }, /^environment and host: environments share a machine/],
    [{ controllers: '5' }, /^controllers and host: 5 controllers need as many machines, and host names 3$/],
    [
      { 'private-addresses': '10.0.0.1' },
      /^private-addresses and host: 1 addresses for 3 machines: give one for each, in the same order$/,
    ],
    [
      { 'private-addresses': '127.0.0.1,10.0.0.2,0.0.0.0' },
      /^private-addresses: "127\.0\.0\.1", "0\.0\.0\.0" are not an address at which other machines find this one: give/,
    ],
    [
      { 'private-addresses': '169.254.1.1,10.0.0.2,10.0.0.3' },
      /^private-addresses: "169\.254\.1\.1" is not an/,
    ],
    [{ 'private-addresses': '10.0.0.1,239.0.0.1,10.0.0.3' }, /^private-addresses: "239\.0\.0\.1" is not an/],
    [
      { mode: 'smoke-test', 'bootstrap-servers': 'a:9092' },
      /^bootstrap-servers and host: either of the two names the cluster/,
    ],
    [
      { racks: 'eu-west-3a eu-west-3b' },
      /^racks and host: 2 racks for 3 machines: give one for each, in the same order; several may have the same$/,
    ],
    [{ host: 'a', racks: 'eu-west-3a' }, /^racks and host: it goes with several machines/],
    [{ host: 'a', controllers: '5' }, /^controllers and host: it goes with several machines/],
    [{ host: 'a', parallel: '4' }, /^parallel and host: it goes with several machines/],
    [{ host: 'a', rebalance: 'true' }, /^rebalance and host: it goes with several machines/],
    [{ host: 'a', 'rebalance-throttle': '1000000' }, /^rebalance-throttle and host: it goes with several/],
    [{ mode: 'down', rebalance: 'true' }, /^rebalance and mode: partitions are moved by mode deploy/],
    [{ host: 'a', 'private-addresses': '10.0.0.1' }, /^private-addresses and host: it goes with several/],
    [{ host: 'localhost,b,c', key: '' }, /^key and key-file: one of the two is required/],
  ])('are refused with what works on one only, or does not fit them: %j', async (inputs, message) => {
    expect(await refusal(inputs)).toMatch(message);
  });

  it.each(['down', 'smoke-test'])('need no stack in mode %s', mode => {
    expect(parse({ host: 'a,b,c', mode, stack: '' }).machines?.machines).toHaveLength(3);
  });
});

describe('one machine', () => {
  it.each(['a', 'a\n', '::1'])('has no list: %j', host => {
    expect(parse({ host }).machines).toBeUndefined();
  });
});
