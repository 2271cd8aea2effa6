import { readFileSync } from 'node:fs';

/** Prints how many tests of vitest's JSON report passed, failed and were skipped: `PASSED FAILED SKIPPED`. */
const [, , path = ''] = process.argv;
const report = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
console.log(`${report.numPassedTests} ${report.numFailedTests} ${report.numPendingTests}`);
