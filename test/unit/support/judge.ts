import { expect } from 'vitest';
import { fixCompose } from '../../../src/lint/fixes/fix.ts';
import { lintCompose } from '../../../src/lint/lint.ts';
import { sarifLog } from '../../../src/lint/sarif.ts';

const TOOL = { name: 'test', version: '0', url: 'https://example.org' };

/** Whatever a file says, it is judged: every finding stands in the file, and the rest of the linter takes it. */
export function judge(text: string): void {
  const findings = lintCompose([{ path: 'compose.yml', text }]);
  for (const { place, message } of findings) {
    expect(message).not.toBe('');
    expect(place.start).toBeGreaterThanOrEqual(0);
    expect(place.end).toBeLessThanOrEqual(text.length);
    expect(place.line).toBeGreaterThanOrEqual(1);
    expect(place.column).toBeGreaterThanOrEqual(1);
    expect(place.end).toBeGreaterThanOrEqual(place.start);
    expect(place.endLine).toBeGreaterThanOrEqual(place.line);
  }
  sarifLog(findings, TOOL);
  const { files } = fixCompose([{ path: 'compose.yml', text }]);
  expect(fixCompose(files).files.map(file => file.text)).toEqual(files.map(file => file.text));
}
