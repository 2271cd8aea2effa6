/** A place in a topic. Offsets are safe integers: 2^53 records in one partition are out of reach. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

/** An acknowledged message, and where the broker said that it is. */
export interface AcknowledgedMessage extends Position {
  readonly sequence: number;
}

/** A record of the run as the consumer got it. */
export interface ReceivedRecord extends AcknowledgedMessage {
  /** It is, bit for bit, what was sent. */
  readonly isWhole: boolean;
}

/** What a ledger knows by itself: what was sent, what was acknowledged and what came back. */
export interface LedgerCounts {
  /** Handed to the producer. */
  readonly sent: number;
  /** Acknowledged by the brokers, with partition and offset. */
  readonly acknowledged: number;
  /** Acknowledged records that came back whole, from the partition and offset at which they were acknowledged. */
  readonly consumed: number;
  /** Copies of a message at other places than the acknowledged one. */
  readonly duplicated: number;
  /** Records of the run whose content is not what was sent. */
  readonly corrupted: number;
  /** Messages that came after a later one of the same partition. */
  readonly outOfOrder: number;
}

/**
 * What became of the messages. A perfect run has zeros but for the first three, which are equal. Each acknowledged message is
 * either consumed, or corrupted where it lies, or lost, unread or unknown.
 */
export interface DeliveryCounts extends LedgerCounts {
  /** Acknowledged records that are proved to be gone: whoever reads at their offset finds nothing, or something else. */
  readonly lost: number;
  /** Acknowledged records that did not come back but are proved to be on the broker. */
  readonly unread: number;
  /** Acknowledged records of which nothing is known: the test was cut off before they came back, and so was the search. */
  readonly unknown: number;
}

/** How many of the missing records were found to be where. */
interface Whereabouts {
  readonly gone: number;
  readonly unread: number;
}

/**
 * Adds what a search found to what a ledger knows. What nobody has looked for, or found, is unknown.
 * @param missing how many acknowledged messages have not come back
 */
export function deliveryCounts(
  known: LedgerCounts,
  missing: number,
  { gone, unread }: Whereabouts = { gone: 0, unread: 0 },
): DeliveryCounts {
  // What came back in the meantime, or was acknowledged, was not searched for: neither may be counted twice.
  const lost = Math.min(gone, missing);
  const there = Math.min(unread, missing - lost);
  return { ...known, lost, unread: there, unknown: missing - lost - there };
}
