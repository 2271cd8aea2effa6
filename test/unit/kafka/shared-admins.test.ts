import { describe, expect, it } from 'vitest';
import { sharingAdmins, withLeasedAdmin } from '../../../src/kafka/shared-admins.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { contextOf } from '../support/kafka-contexts.ts';
import { MemoryCluster, SERVERS } from '../support/memory-kafka.ts';

function admins() {
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock);
  const context = contextOf(cluster.clients, { clock });
  const ask = (asking = context, servers = SERVERS) =>
    withLeasedAdmin(asking, servers, async admin => (await admin.describeCluster()).brokers.length);
  const connects = () => cluster.calls.filter(call => call === 'admin.connect').length;
  return { cluster, context, ask, connects };
}

describe('admin clients that are shared', () => {
  it('connect once for what is asked one after the other, and are gone at the end', async () => {
    const { cluster, context, ask, connects } = admins();
    await sharingAdmins(context, async shared => {
      expect([await ask(shared), await ask(shared), await ask(shared)]).toEqual([3, 3, 3]);
      expect(cluster.connected).toEqual(['admin']);
    });
    expect(connects()).toBe(1);
    expect(cluster.connected).toEqual([]);
  });

  it('are as many as ask at the same time, each of its servers', async () => {
    const { cluster, context, ask, connects } = admins();
    await sharingAdmins(context, async shared => {
      await Promise.all([ask(shared), ask(shared)]);
      await ask(shared, SERVERS.slice(1));
      await ask(shared);
    });
    expect(connects()).toBe(3);
    expect(cluster.connected).toEqual([]);
  });

  it('are not used again when they failed, nor left behind when the work does', async () => {
    const { cluster, context, ask, connects } = admins();
    const work = sharingAdmins(context, async shared => {
      const failing = withLeasedAdmin(shared, SERVERS, () => Promise.reject(new Error('refused')));
      await expect(failing).rejects.toThrow('refused');
      expect(cluster.connected).toEqual([]);
      await ask(shared);
      throw new Error('over');
    });
    await expect(work).rejects.toThrow('over');
    expect(connects()).toBe(2);
    expect(cluster.connected).toEqual([]);
  });
});

it('an admin client that nobody shares is gone when it has asked', async () => {
  const { cluster, ask, connects } = admins();
  await ask();
  await ask();
  expect(connects()).toBe(2);
  expect(cluster.connected).toEqual([]);
});
