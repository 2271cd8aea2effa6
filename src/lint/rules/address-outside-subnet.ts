import { BlockList, isIPv4 } from 'node:net';
import type { ComposeModel, Service } from '../../compose/reader/model.ts';
import {
  asList,
  asMap,
  type Scalar,
  scalarsIn,
  textAt,
  type Value,
  valueAt,
} from '../../compose/reader/value.ts';
import type { Problem, Rule } from '../rule.ts';

/** What Docker says is in IsInRange of daemon/network/endpoint.go in moby/moby. */
export const addressOutsideSubnet: Rule = {
  id: 'address-outside-subnet',
  title: 'A fixed address in a network that does not have it',
  severity: 'error',
  why: 'A container can only ask for an `ipv4_address` of a subnet that its network sets under `ipam`. Of the subnet that Docker chooses by itself it gets none, and the container is not made: "user specified IP address is supported only when connecting to networks with user configured subnets".',
  fix: 'Give the network a subnet that has the address, or take the address out: containers reach each other by the names of their services.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    networks:
      inner: { ipv4_address: 172.28.0.10 }
networks:
  inner:
`,
    good: `services:
  app:
    image: busybox:1.37
    networks:
      inner: { ipv4_address: 172.28.0.10 }
networks:
  inner:
    ipam:
      config: [{ subnet: 172.28.0.0/16 }]
`,
  },
  check: ({ model }) => (model.complete ? model.services.flatMap(service => problemsOf(service, model)) : []),
};

function problemsOf(service: Service, model: ComposeModel): Problem[] {
  if (service.networkMode !== undefined) return [];
  return [...(asMap(valueAt(service.whole, 'networks'))?.entries.values() ?? [])].flatMap(
    ({ key, value }) => {
      const address = textAt(value, 'ipv4_address');
      const subnets = subnetsOf(key, model);
      if (!address || address.unresolved.length > 0 || !isIPv4(address.text) || !subnets) return [];
      if (subnets.some(subnet => has(subnet, address.text))) return [];
      const which =
        subnets.length === 0 ? 'has no subnet of its own' : `has the subnet ${subnets.join(' and ')}`;
      const message = `"${service.name}" asks for the address ${address.text}, and the network "${key}" ${which}: Docker does not make the container.`;
      const hint = `Give the network a subnet with the address under ipam: config, or take ipv4_address out and use the name "${service.name}".`;
      return [{ place: address.place, cause: key, message, hint }];
    },
  );
}

/** The IPv4 subnets that the project gives a network; undefined for a network of which that is not known. */
function subnetsOf(name: string, { networks, top }: ComposeModel): string[] | undefined {
  const declared = networks.get(name);
  if (!declared) return name === 'default' ? [] : undefined;
  const value = valueAt(valueAt(top, 'networks'), name);
  const ipam = valueAt(value, 'ipam');
  const parts = [textAt(value, 'driver'), textAt(ipam, 'driver')];
  const isUsual = parts.every(part => !part || /^(bridge|default|)$/.test(part.text));
  const texts = [value, ipam].flatMap(scalarsOf);
  if (declared.external || !isUsual || texts.some(({ unresolved }) => unresolved.length > 0))
    return undefined;
  return (asList(valueAt(ipam, 'config'))?.items ?? []).flatMap(item => {
    const subnet = textAt(item, 'subnet')?.text ?? '';
    return isIPv4(subnet.split('/')[0] ?? '') ? [subnet] : [];
  });
}

const scalarsOf = (value: Value | undefined): Scalar[] => (value ? scalarsIn(value) : []);

function has(subnet: string, address: string): boolean {
  const [base = '', length = ''] = subnet.split('/');
  const list = new BlockList();
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : -1;
  // What is no subnet is the engine's matter.
  if (bits < 0 || bits > 32) return true;
  list.addSubnet(base, bits, 'ipv4');
  return list.check(address, 'ipv4');
}
