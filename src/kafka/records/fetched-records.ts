import { FetchedBatch, type FetchedRecord } from './fetched-batch.ts';

/** A message of kafkajs's own making: what an older broker, or a topic of an older format, brings. */
type SingleMessage = Omit<FetchedRecord, 'offset' | 'headers'> & {
  readonly offset: string | number;
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>> | undefined;
};

/** Records of batches, and messages that are records themselves. @param offset of the first one that is wanted */
export function* recordsIn(
  messages: Iterable<SingleMessage | FetchedBatch>,
  offset: number,
): Generator<SingleMessage & { readonly offset: number }> {
  for (const message of messages) {
    if (message instanceof FetchedBatch) yield* message.from(offset);
    else yield { ...message, offset: Number(message.offset) };
  }
}
