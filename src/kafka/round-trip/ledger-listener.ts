import type { Clock } from '../../clock.ts';
import type { ConsumerListener } from './consumer.ts';
import type { DeliveryLedger } from './ledger.ts';
import { type Codec, isWhole, sequenceOf } from './record.ts';

interface LedgerListenerOptions {
  readonly ledger: DeliveryLedger;
  readonly runId: string;
  readonly codec: Codec;
  readonly clock: Clock;
}

/** Notes in a ledger what a consumer gets: messages of the run, and how far it has come through what is none. */
export function ledgerListener({
  ledger,
  runId,
  codec,
  clock,
}: LedgerListenerOptions): Required<Pick<ConsumerListener, 'onRecord' | 'onStretch'>> {
  return {
    onRecord: record => {
      const { partition, offset } = record;
      const sequence = sequenceOf(record, runId);
      if (sequence === undefined) ledger.advance(partition, offset + 1);
      else {
        const whole = isWhole({ runId, sequence }, record, codec);
        ledger.received({ sequence, partition, offset, isWhole: whole }, clock.now());
      }
    },
    onStretch: ({ partition, next }) => ledger.advance(partition, next),
  };
}
