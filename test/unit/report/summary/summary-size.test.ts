import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { FAILED, step } from '../../support/reports.ts';
import { readBlocks } from '../markdown-reading.ts';

describe('a summary with too much to say', () => {
  it('keeps the last lines of a log', () => {
    const lines = Array.from({ length: 700 }, (_, index) => `line ${index}`);
    const logs = [{ container: 'one', service: 'one', isRunning: false, lines }];
    const markdown = summaryOf({ ...FAILED, diagnosis: { logs, disk: [], memory: [] } });
    expect(markdown).toContain('(200 more lines before these are in the report)\nline 200\n');
    expect(markdown).toContain('\nline 699\n```');
  });

  it('shares its place among the logs', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`);
    const logs = Array.from({ length: 10 }, (_, index) => ({
      container: `${index}`,
      service: `${index}`,
      isRunning: true,
      lines,
    }));
    const markdown = summaryOf({ ...FAILED, diagnosis: { logs, disk: [], memory: [] } });
    expect(markdown.match(/^\(150 more lines before these/gm)).toHaveLength(10);
  });

  it('stays below the megabyte that GitHub takes, and keeps what matters', () => {
    const lines = Array.from({ length: 50 }, () => '🐘'.repeat(5_000));
    const logs = Array.from({ length: 200 }, (_, index) => ({
      container: `container-${index}`,
      service: `${index}`,
      isRunning: true,
      lines,
    }));
    const steps = Array.from({ length: 500 }, (_, index) =>
      step('stack', 'passed', { title: `${index}`, detail: 'é'.repeat(5_000) }),
    );
    const report = { ...FAILED, steps, diagnosis: { logs, disk: lines, memory: lines } };
    const markdown = summaryOf(report);
    expect(Buffer.byteLength(markdown)).toBeLessThan(2 ** 20);
    expect(markdown).toContain('**What to do:**');
    expect(markdown).toContain('too long for a job summary');
    expect(() => readBlocks(markdown)).not.toThrow();
  });
});
