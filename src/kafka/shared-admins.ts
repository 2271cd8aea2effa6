import type { Admin } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { IdleAdmins, KafkaClients } from './client.ts';
import { goodbye } from './goodbye.ts';

interface Asking {
  readonly kafka: KafkaClients;
  readonly clock: Clock;
}

/** An admin client that nobody else uses meanwhile. */
export interface AdminLease {
  readonly admin: Admin;
  /** Connects it, if it is new. */
  connect(): Promise<void>;
  /** Leaves it for whoever comes next, where they are shared; one that failed says goodbye instead. */
  giveBack(isGood: boolean): Promise<void>;
}

/**
 * Lets what `work` does one after the other share its admin clients: a new one takes three round trips before it asks anything, and a
 * connection to the controller besides. None is left behind.
 */
export async function sharingAdmins<C extends Asking, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  const idleAdmins: IdleAdmins = new Map();
  try {
    return await work({ ...context, kafka: { ...context.kafka, idleAdmins } });
  } finally {
    await Promise.all([...idleAdmins.values()].flat().map(admin => goodbye(admin, context.clock)));
  }
}

/**
 * An admin client of a cluster, new or shared.
 * @param retries how often what fails is tried again, see `KafkaClients.of`
 */
export function leaseAdmin(
  { kafka, clock }: Asking,
  servers: readonly string[],
  retries?: number,
): AdminLease {
  const { idleAdmins } = kafka;
  const key = `${retries} ${servers.join(' ')}`;
  const idle = idleAdmins?.get(key)?.pop();
  const admin = idle ?? kafka.of(servers, retries).admin();
  return {
    admin,
    connect: async () => {
      if (!idle) await admin.connect();
    },
    giveBack: async isGood => {
      if (!idleAdmins || !isGood) await goodbye(admin, clock);
      else idleAdmins.set(key, [...(idleAdmins.get(key) ?? []), admin]);
    },
  };
}

/** Lets `work` ask with such a client. @throws what connecting or `work` does */
export async function withLeasedAdmin<T>(
  context: Asking,
  servers: readonly string[],
  work: (admin: Admin) => Promise<T>,
  retries?: number,
): Promise<T> {
  const lease = leaseAdmin(context, servers, retries);
  let isGood = false;
  try {
    await lease.connect();
    const result = await work(lease.admin);
    isGood = true;
    return result;
  } finally {
    await lease.giveBack(isGood);
  }
}
