import { describe, expect, it } from 'vitest';
import { findingsIn, findingsOf } from '../../support/compose-projects.ts';

const at = (address: string, network = 'inner', more: object = {}) => ({
  app: { image: 'busybox:1.37', networks: { [network]: { ipv4_address: address } }, ...more },
});
const subnets = (...list: string[]) => ({
  networks: { inner: { ipam: { config: list.map(subnet => ({ subnet })) } } },
});
const OUTSIDE = ['address-outside-subnet: 172.28.0.10'];

describe('a fixed address', () => {
  it.each<[string, object, string[]]>([
    ['a network without a subnet', { networks: { inner: null } }, OUTSIDE],
    ['a bridge without a subnet', { networks: { inner: { driver: 'bridge', name: 'inner' } } }, OUTSIDE],
    ['a subnet that has it', subnets('172.28.0.0/16'), []],
    ['another subnet', subnets('172.27.0.0/16'), OUTSIDE],
    ['a smaller subnet', subnets('172.28.1.0/24'), OUTSIDE],
    ['a second subnet that has it', subnets('10.0.0.0/8', '172.28.0.0/24'), []],
    ['only a subnet of IPv6', subnets('fd00::/64'), OUTSIDE],
    ['a subnet that is none', subnets('172.28.0.0'), []],
    ['a network of another project', { networks: { inner: { external: true } } }, []],
    ['a driver that may know it', { networks: { inner: { driver: 'weave' } } }, ['host-access: inner']],
    ['a pool of its own', { networks: { inner: { ipam: { driver: 'infoblox' } } } }, []],
  ])('in a network with %s', (_, more, expected) =>
    expect(findingsOf(at('172.28.0.10'), more)).toEqual(expected),
  );

  it('in the network that Compose makes by itself', () => {
    expect(findingsOf(at('172.28.0.10', 'default'))).toEqual(OUTSIDE);
  });

  it('that nobody knows is nothing', () => {
    const text =
      'services:\n  app:\n    image: busybox:1.37\n    networks: {inner: {ipv4_address: "$$IP"}}\nnetworks: {inner: }\n';
    expect(findingsIn(text)).not.toContain('address-outside-subnet: $$IP');
    const subnet =
      'services:\n  app:\n    image: busybox:1.37\n    networks: {inner: {ipv4_address: 10.0.0.2}}\nnetworks: {inner: {ipam: {config: [{subnet: "$SUBNET"}]}}}\n';
    expect(findingsIn(subnet)).toEqual(['variable-unset: "$SUBNET"']);
  });
});
