import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { ActionError } from '../../../../src/errors.ts';
import type { Host } from '../../../../src/host/host.ts';
import { kafkaClients } from '../../../../src/kafka/client.ts';
import { deleteTopic } from '../../../../src/kafka/topic.ts';
import { asAdmin } from '../../../../src/steps/deploy/topic.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const cancelled = new ActionError('cancelled', 'the run was cancelled (SIGINT)');
/** A machine that does not answer any more. */
function closedHost() {
  let dials = 0;
  const host: Host = {
    name: 'closed',
    run: () => Promise.reject(cancelled),
    dial: () => {
      dials++;
      return Promise.reject(cancelled);
    },
    close: async () => {},
  };
  return { host, dials: () => dials };
}

describe('a question of a cancelled run to the cluster', () => {
  it('is soon given up: there is no time to ask again and again', async () => {
    const { host, dials } = closedHost();
    const log = new RecordingLog();
    const context = {
      host,
      kafka: kafkaClients(host, log),
      log,
      clock: systemClock,
      signal: AbortSignal.abort(cancelled),
    };
    const started = systemClock.now();
    const removal = () => asAdmin(context, ['localhost:19092'], admin => deleteTopic(admin, 'mine'));
    expect(await actionErrorOf(removal)).toMatchObject({ code: 'cancelled' });
    expect(dials()).toBe(3);
    expect(systemClock.now() - started).toBeLessThan(2_000);
  });
});
