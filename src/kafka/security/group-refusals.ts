import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';

/** GROUP_AUTHORIZATION_FAILED of Kafka's protocol. */
const GROUP_REFUSED = 30;

let isTold = false;

/**
 * Lets kafkajs say that a user may not use a consumer group: by itself it asks one broker after the other where the group's
 * coordinator is, forgets what they answer, and has found none.
 */
export function tellGroupRefusals(): void {
  if (isTold) return;
  isTold = true;
  const { withBroker } = BrokerPool.prototype;
  BrokerPool.prototype.withBroker = async function (ask) {
    let refusal: unknown;
    const answer = await withBroker.call(this, async broker => {
      try {
        return await ask(broker);
      } catch (error) {
        if ((error as { code?: unknown }).code === GROUP_REFUSED) refusal = error;
        throw error;
      }
    });
    if (answer === null && refusal !== undefined) throw refusal;
    return answer;
  };
}
