/** How much of each topic each broker has: replicas, or partitions that it leads. */
export class Shares {
  private readonly totals = new Map<string, number>();
  private readonly counts = new Map<string, number>();

  add(topic: string, broker: number): void {
    this.totals.set(topic, (this.totals.get(topic) ?? 0) + 1);
    this.change(topic, broker, 1);
  }

  move(topic: string, from: number, to: number): void {
    this.change(topic, from, -1);
    this.change(topic, to, 1);
  }

  /**
   * Of several partitions, of which any may go from one broker to another, that of the topic of which the first broker has most and the
   * second least: so every topic is spread, the small ones too.
   * @returns undefined for none
   */
  best<T extends { readonly topic: string }>(
    candidates: Iterable<T>,
    from: number,
    to: number,
  ): T | undefined {
    let best: T | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const candidate of candidates) {
      const surplus = this.surplus(candidate.topic, from, to);
      if (surplus <= most) continue;
      [best, most] = [candidate, surplus];
    }
    return best;
  }

  /** As a part of all of the topic. */
  private surplus(topic: string, from: number, to: number): number {
    return (this.of(topic, from) - this.of(topic, to)) / (this.totals.get(topic) ?? 1);
  }

  /** How much of the topic the broker has. */
  of(topic: string, broker: number): number {
    return this.counts.get(`${topic}/${broker}`) ?? 0;
  }

  private change(topic: string, broker: number, by: number): void {
    this.counts.set(`${topic}/${broker}`, this.of(topic, broker) + by);
  }
}
