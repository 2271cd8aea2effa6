import { fingerprintOf, isPinned } from './host-keys.ts';
import type { SshTarget } from './target.ts';

/** Fingerprints of host keys by the machine that showed them; plain data, and nothing in it is secret. */
export type ShownKeys = Readonly<Record<string, string>>;

/**
 * The first host key that each machine has shown. Where nothing is pinned it holds for the whole job: for connections that are made
 * again, for the tunnel and for the post step. Whoever takes the machine's place later is refused.
 */
export class FirstKeys {
  private readonly shown: Map<string, string>;
  private readonly recommended: Set<string>;
  private readonly onFirst: (shown: ShownKeys) => void;

  /**
   * @param shown what was seen before in this job
   * @param onFirst called at each key that is the first of its machine, with all of them
   */
  constructor(shown: ShownKeys = {}, onFirst: (shown: ShownKeys) => void = () => {}) {
    this.shown = new Map(Object.entries(shown));
    this.recommended = new Set(this.shown.keys());
    this.onFirst = onFirst;
  }

  /** All of them, for a process that goes on with them. */
  get all(): ShownKeys {
    return Object.fromEntries(this.shown);
  }

  /** @returns the fingerprint that a machine without a pin has to show; undefined for a pinned one, and when none was seen */
  heldFor(target: SshTarget): string | undefined {
    return isPinned(target.trust) ? undefined : this.shown.get(placeOf(target));
  }

  /** The target, pinned to the key that it has shown before; as it is when the user pinned one, or none was seen. */
  hold(target: SshTarget): SshTarget {
    const held = this.heldFor(target);
    return held === undefined ? target : { ...target, trust: { ...target.trust, fingerprints: [held] } };
  }

  /** Takes note of a key that was proved in a handshake. @returns false when the machine has shown another one before */
  accept(target: SshTarget, key: Buffer): boolean {
    if (isPinned(target.trust)) return true;
    const fingerprint = fingerprintOf(key);
    const held = this.heldFor(target);
    if (held !== undefined) return held === fingerprint;
    this.shown.set(placeOf(target), fingerprint);
    this.onFirst(this.all);
    return true;
  }

  /** @returns true once for each machine without a pin: then the user is told to pin it */
  isToBeRecommended(target: SshTarget): boolean {
    const place = placeOf(target);
    if (isPinned(target.trust) || this.recommended.has(place)) return false;
    this.recommended.add(place);
    return true;
  }
}

/** The same address is another machine behind another jump host. */
function placeOf({ host, port, via }: SshTarget): string {
  const place = `${host} ${port}`;
  if (!via) return place;
  return `${place} by ${via.kind === 'jump-host' ? placeOf(via.target) : 'proxy-command'}`;
}
