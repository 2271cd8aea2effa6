import type { Admin } from 'kafkajs';
import type { Clock } from '../clock.ts';
import { goodbye } from './goodbye.ts';

/** Connects an admin client, lets `work` ask with it, and leaves no connection behind. @throws what either of them does */
export async function withAdmin<T>(
  admin: Admin,
  clock: Clock,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await goodbye(admin, clock);
  }
}
