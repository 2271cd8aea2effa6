import { ActionError } from '../errors.ts';

/** A port of the runner's localhost, and what stands behind it. */
export interface Forward {
  readonly port: number;
  /** Where the machine has this port: 127.0.0.1 or ::1. */
  readonly address: string;
}

/** What a client on the machine uses. */
export interface Addresses {
  /** As the brokers advertise them, e.g. `localhost:19092`. */
  readonly bootstrapServers: readonly string[];
  /** E.g. `http://localhost:8081`. */
  readonly schemaRegistryUrl?: string | undefined;
}

/** Ports of the brokers' and the registry's own addresses: a client that is told `localhost:19092` dials just that. */
const ON_THE_MACHINE = new Map([
  ['localhost', '127.0.0.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
]);

/**
 * What a tunnel must carry, so that the same addresses mean the same on the runner.
 * @throws ActionError `input-invalid` for an address that is not on localhost, or when there is none
 */
export function forwardsOf({ bootstrapServers, schemaRegistryUrl }: Addresses): Forward[] {
  const registry = schemaRegistryUrl === undefined ? [] : [schemaRegistryUrl.replace(/^https?:\/\//, '')];
  const addresses = [...bootstrapServers, ...registry].map(text => text.replace(/\/.*$/s, ''));
  const forwards = addresses.map(text => ({ text, forward: forwardOf(text) }));
  const elsewhere = forwards.filter(({ forward }) => !forward).map(({ text }) => text);
  if (elsewhere.length > 0) {
    throw new ActionError(
      'input-invalid',
      `tunnel: clients are told to connect to ${elsewhere.join(', ')}: only ports of localhost can be kept open on the runner`,
      {
        hint: 'Let the brokers advertise localhost and a published port of their own each, or leave tunnel out.',
      },
    );
  }
  if (forwards.length === 0)
    throw new ActionError('input-invalid', 'tunnel: there is no address to keep open');
  return [...new Map(forwards.flatMap(({ forward }) => (forward ? [[forward.port, forward]] : []))).values()];
}

function forwardOf(address: string): Forward | undefined {
  const match = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(address);
  const onMachine = ON_THE_MACHINE.get(match?.[1]?.toLowerCase() ?? '');
  return match && onMachine ? { port: Number(match[2]), address: onMachine } : undefined;
}
