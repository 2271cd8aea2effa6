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

/** What became of the messages. A perfect run has zeros but for the first three, which are equal. */
export interface DeliveryCounts {
  /** Handed to the producer. */
  readonly sent: number;
  /** Acknowledged by the brokers, with partition and offset. */
  readonly acknowledged: number;
  /** Acknowledged records that came back whole, from the partition and offset at which they were acknowledged. */
  readonly consumed: number;
  /** Acknowledged records that did not come back. */
  readonly lost: number;
  /** Copies of a message at other places than the acknowledged one. */
  readonly duplicated: number;
  /** Records of the run whose content is not what was sent. */
  readonly corrupted: number;
  /** Messages that came after a later one of the same partition. */
  readonly outOfOrder: number;
}
