import type { InputReader } from './input-reader.ts';

/** How partitions are spread over the brokers of several machines. */
export interface RebalanceConfig {
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
}

/** A tenth of a megabyte a second takes a day for ten gigabytes; beyond ten gigabytes a second there is no network. */
const THROTTLE = { min: 100_000, max: 10_000_000_000 };

/**
 * The inputs `rebalance` and `rebalance-throttle`.
 * @returns `throttle` in bytes a second, for whatever is copied; no `rebalance` when partitions are to stay where they are
 */
export function parseRebalance(
  input: InputReader,
  mode: string,
): { readonly rebalance: RebalanceConfig | undefined; readonly throttle: number } {
  const throttle = input.integer('rebalance-throttle', THROTTLE);
  const isWanted = input.boolean('rebalance');
  if (isWanted && !['deploy', 'plan'].includes(mode))
    input.problem(['rebalance', 'mode'], `partitions are moved by mode deploy, and mode ${mode} moves none`);
  return { rebalance: isWanted ? { throttle } : undefined, throttle };
}
