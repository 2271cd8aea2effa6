import type { SshTarget } from './ssh/target.ts';

/** How the machine is reached: it is the runner itself, or it is behind SSH. */
export type Connection =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh';
      readonly target: SshTarget;
      /** What was put right in the keys that were given, for the debug log. */
      readonly repairs?: readonly string[];
    };
