import * as core from '@actions/core';
import { INPUT_NAMES, type RawInputs } from '../inputs.ts';

/** The inputs as the runner gives them. Line breaks are kept: keys need them. */
export function readInputs(): RawInputs {
  return Object.fromEntries(INPUT_NAMES.map(name => [name, core.getInput(name, { trimWhitespace: false })]));
}
