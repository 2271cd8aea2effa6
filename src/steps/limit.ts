/** Lets work go on in so many places at a time, and in each of them as much as there is. The first come are the first served. */
export class Limit {
  private readonly most: number;
  private readonly busy = new Map<string, number>();
  private readonly waiting: { readonly place: string; readonly enter: () => void }[] = [];

  constructor(most: number) {
    this.most = most;
  }

  async run<T>(place: string, work: () => Promise<T>): Promise<T> {
    await this.enter(place);
    try {
      return await work();
    } finally {
      this.leave(place);
    }
  }

  private async enter(place: string): Promise<void> {
    if (!this.isOpen(place)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.push({ place, enter: resolve });
      await promise;
      return;
    }
    this.take(place);
  }

  private leave(place: string): void {
    const left = (this.busy.get(place) ?? 0) - 1;
    if (left > 0) this.busy.set(place, left);
    else this.busy.delete(place);
    for (;;) {
      const next = this.waiting.findIndex(each => this.isOpen(each.place));
      const [turn] = next < 0 ? [] : this.waiting.splice(next, 1);
      if (!turn) return;
      this.take(turn.place);
      turn.enter();
    }
  }

  private take(place: string): void {
    this.busy.set(place, (this.busy.get(place) ?? 0) + 1);
  }

  private isOpen(place: string): boolean {
    return this.busy.has(place) || this.busy.size < this.most;
  }
}
