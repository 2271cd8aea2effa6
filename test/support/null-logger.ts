import type { Logger } from '../../src/log.ts';

/** A logger that says nothing. */
export const nullLogger: Logger = { info() {}, warning() {}, debug() {} };
