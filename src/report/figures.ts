import { formatDuration } from '../clock.ts';

const NO_BREAK_SPACE = '\u00a0';

/** 1,000,000 of a whole number. What knows every language's way takes longer to load than a small file takes to be judged. */
export function count(value: number): string {
  const digits = `${value}`;
  const head = digits.length % 3 || 3;
  const rest = digits.slice(head).match(/\d{3}/g) ?? [];
  return [digits.slice(0, head), ...rest].join(',');
}

/** One decimal, in milliseconds. */
export const milliseconds = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(1);

/** A duration that stays on one line. */
export const duration = (ms: number): string => formatDuration(ms).replaceAll(' ', NO_BREAK_SPACE);

/** 1 step, 2 steps */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
