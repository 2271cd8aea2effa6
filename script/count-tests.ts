import { readFileSync } from 'node:fs';

/** Prints how many tests of vitest's JSON report passed and failed: `PASSED FAILED`. */
const [, , path = ''] = process.argv;
const report = JSON.parse(readFileSync(path, 'utf8')) as { numPassedTests: number; numFailedTests: number };
console.log(`${report.numPassedTests} ${report.numFailedTests}`);
