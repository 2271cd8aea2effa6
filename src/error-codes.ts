import { CLUSTER_ERRORS } from './error-codes/cluster-errors.ts';
import { CONNECTION_ERRORS } from './error-codes/connection-errors.ts';
import type { ErrorText } from './error-codes/error-text.ts';
import { INPUT_ERRORS } from './error-codes/input-errors.ts';
import { KAFKA_ERRORS } from './error-codes/kafka-errors.ts';
import { MACHINE_ERRORS } from './error-codes/machine-errors.ts';
import { RUN_ERRORS } from './error-codes/run-errors.ts';
import { SECURITY_ERRORS } from './error-codes/security-errors.ts';

/**
 * Every way a run can fail, by its stable code: what it means and what to do next.
 * docs/troubleshooting.md is generated from this list; codes do not change between majors.
 */
export const ERRORS = {
  ...INPUT_ERRORS,
  ...CONNECTION_ERRORS,
  ...MACHINE_ERRORS,
  ...CLUSTER_ERRORS,
  ...KAFKA_ERRORS,
  ...SECURITY_ERRORS,
  ...RUN_ERRORS,
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERRORS;
