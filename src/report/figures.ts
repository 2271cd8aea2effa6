import { formatDuration } from '../clock.ts';

const NO_BREAK_SPACE = '\u00a0';

/** 1,000,000 */
export const count = (value: number): string => value.toLocaleString('en-US');

/** One decimal, in milliseconds. */
export const milliseconds = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(1);

/** A duration that stays on one line. */
export const duration = (ms: number): string => formatDuration(ms).replaceAll(' ', NO_BREAK_SPACE);

/** 1 step, 2 steps */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
