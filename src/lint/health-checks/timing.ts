import type { Service } from '../../compose/reader/model.ts';
import { textAt, valueAt } from '../../compose/reader/value.ts';

/** Docker's own values where a health check names none; https://docs.docker.com/reference/dockerfile/#healthcheck */
const DEFAULTS = { interval: 30, timeout: 30, start_period: 0 } as const;
const DEFAULT_RETRIES = 3;
/** Seconds in which a broker or ZooKeeper is up on a small machine; a check that gives up before counts as failed. */
const NEEDED = 30;
/** Seconds that a tool in Java may take for one answer on a small machine. */
const NEEDED_BY_JAVA = 10;
const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** True when a health check goes on long enough for a start that is slow. */
export function leavesTime(service: Service): boolean {
  const retries = Number(textAt(valueAt(service.whole, 'healthcheck'), 'retries')?.text ?? DEFAULT_RETRIES);
  const asks = seconds(service, 'interval') * (retries || DEFAULT_RETRIES);
  return seconds(service, 'start_period') + asks >= NEEDED;
}

/** True when one question may take as long as the start of a Java program. */
export const leavesTimeForJava = (service: Service): boolean => seconds(service, 'timeout') >= NEEDED_BY_JAVA;

function seconds({ whole }: Service, key: keyof typeof DEFAULTS): number {
  const text = textAt(valueAt(whole, 'healthcheck'), key);
  return text === undefined ? DEFAULTS[key] : durationOf(text.text);
}

/** Seconds of a duration such as `1m30s`; 0 for one that is not known. */
function durationOf(text: string): number {
  const parts = [...text.matchAll(/(?<!\d)(\d{1,15}(?:\.\d{1,9})?)(us|ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}
