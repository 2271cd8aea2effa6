import { createRequire } from 'node:module';
import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';
import { describe, expect, it } from 'vitest';
import { tellGroupRefusals } from '../../../../src/kafka/security/group-refusals.ts';

const require = createRequire(import.meta.url);
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
  createErrorFromCode(code: number): Error;
};
tellGroupRefusals();

/** Asks two brokers, of which each answers as the test says. */
function ask(answer: (broker: string) => Promise<unknown>): Promise<unknown> {
  const pool = Object.assign(Object.create(BrokerPool.prototype) as BrokerPool, {
    brokers: { 1: 'one', 2: 'two' },
    findBroker: async ({ nodeId }: { nodeId: string }) => nodeId,
  });
  return pool.withBroker(found => answer((found as { broker: string }).broker));
}

describe('a question to any broker', () => {
  it('is thrown what refuses a consumer group', async () => {
    const refused = createErrorFromCode(30);
    await expect(ask(() => Promise.reject(refused))).rejects.toBe(refused);
  });

  it('is answered by the broker that does answer', async () => {
    const one = (broker: string) =>
      broker === '1' ? Promise.reject(createErrorFromCode(30)) : Promise.resolve('here');
    expect(await ask(one)).toBe('here');
  });

  it('has no answer where the brokers fail otherwise', async () => {
    expect(await ask(() => Promise.reject(createErrorFromCode(15)))).toBeNull();
  });
});
