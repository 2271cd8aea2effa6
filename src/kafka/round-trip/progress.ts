import { formatDuration } from '../../clock.ts';
import type { Context } from '../../context.ts';
import type { Deadline } from '../deadline.ts';
import type { DeliveryLedger } from './ledger.ts';
import type { Traffic } from './producer.ts';

const INTERVAL_MS = 5_000;

/** Tells in the log how far a round trip has come. */
export class Progress {
  private readonly context: Context;
  private readonly ledger: DeliveryLedger;
  private readonly deadline: Deadline;
  private readonly traffic: Traffic;
  private shownAtMs: number;

  constructor(context: Context, ledger: DeliveryLedger, deadline: Deadline, traffic: Traffic) {
    this.context = context;
    this.ledger = ledger;
    this.deadline = deadline;
    this.traffic = traffic;
    this.shownAtMs = context.clock.now();
  }

  /** The counts so far, in words. */
  describe(): string {
    const { acknowledgedTotal, consumedTotal } = this.ledger;
    return `${acknowledgedTotal} messages acknowledged, ${consumedTotal} received`;
  }

  /** Writes a line, every five seconds at most. */
  show(): void {
    const { clock, log } = this.context;
    if (clock.now() - this.shownAtMs < INTERVAL_MS) return;
    this.shownAtMs = clock.now();
    const of = this.traffic.stop ? '' : ` of ${this.traffic.messages}`;
    log.info(`… ${this.describe()}${of}; ${formatDuration(this.deadline.leftMs)} left`);
  }
}
