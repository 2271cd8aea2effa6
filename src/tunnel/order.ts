import { text } from 'node:stream/consumers';
import type { ErrorCode } from '../error-codes.ts';
import type { ShownKeys } from '../host/ssh/first-keys.ts';
import type { SshTarget } from '../host/ssh/target.ts';
import type { Forward } from './forwards.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What the process of the tunnel is told, by its standard input alone: the keys in it must be nowhere else. */
export interface TunnelOrder {
  /** Each by a connection of its own. */
  readonly machines: readonly TunnelEnd[];
  /** The host keys that the run has seen: where none is pinned, these hold. */
  readonly shownKeys: ShownKeys;
  /** The tunnel ends with it; none when there is nothing to watch. */
  readonly starter?: ProcessIdentity;
}

/** A machine to which some of the ports lead. */
export interface TunnelEnd {
  readonly target: SshTarget;
  readonly forwards: readonly Forward[];
  /** Command that notes on the machine that the deployment is in use; none when it has no note. */
  readonly noteUse?: readonly [string, ...string[]] | undefined;
}

/** What it answers, once, to the process that started it. */
export type TunnelAnswer =
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string };

/** @throws Error without the text, which may be half a key, when it is not complete */
export async function readOrder(input: NodeJS.ReadableStream): Promise<TunnelOrder> {
  const json = await text(input);
  try {
    return JSON.parse(json) as TunnelOrder;
  } catch {
    throw new Error('what to do did not arrive');
  }
}
