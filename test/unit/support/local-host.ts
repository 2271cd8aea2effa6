import { systemClock } from '../../../src/clock.ts';
import { LocalHost } from '../../../src/host/local-host.ts';

/** This computer as the machine. */
export const thisComputer = () =>
  new LocalHost({
    clock: systemClock,
    signal: new AbortController().signal,
    commandTimeoutMs: 20_000,
    deadline: Number.POSITIVE_INFINITY,
    environment: process.env,
  });
