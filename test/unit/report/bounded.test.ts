import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, boundedText } from '../../../src/report/bounded.ts';
import type { Report } from '../../../src/report/report.ts';
import { summaryOf } from '../../../src/report/summary/summary.ts';
import { FAILED, PASSED, PLAN } from '../support/reports.ts';

const MIB = 2 ** 20;
const sizeOf = (report: Report) => Buffer.byteLength(JSON.stringify(report, undefined, 2));
const failure = FAILED.failure ?? expect.unreachable('the sample has failed');

describe('a report', () => {
  it.each([
    ['that passed', PASSED],
    ['that failed', FAILED],
    ['of a plan', PLAN],
  ])('%s is as it is when it is short', (_, report) => {
    expect(bounded(report)).toBe(report);
  });

  it.each<[string, Report]>([
    ['a long message', { ...FAILED, failure: { ...failure, message: 'x'.repeat(10 * MIB) } }],
    [
      'a message of characters of several bytes',
      { ...FAILED, failure: { ...failure, message: '漢'.repeat(5 * MIB) } },
    ],
    [
      'a message that JSON writes longer',
      { ...FAILED, failure: { ...failure, message: '\u0001'.repeat(MIB) } },
    ],
    ['many details', { ...FAILED, failure: { ...failure, details: Array(500_000).fill('a line') } }],
    [
      'a long log of a container',
      {
        ...FAILED,
        diagnosis: {
          logs: Array.from({ length: 40 }, () => ({
            container: 'c',
            service: 's',
            isRunning: true,
            lines: Array(50).fill('y'.repeat(9_000)),
          })),
          ...{ disk: [], memory: [] },
        },
      },
    ],
    ['thousands of environments', { ...PLAN, environments: Array(30_000).fill(PLAN.environments?.[0]) }],
  ])('with %s is below 1 MiB, and says what is left out', (_, report) => {
    const smaller = bounded(report);
    expect(sizeOf(smaller)).toBeLessThan(MIB);
    expect(smaller.leftOut?.length).toBeGreaterThan(0);
    expect(smaller.leftOut?.length).toBeLessThanOrEqual(21);
    expect(Object.keys(smaller)).toEqual(expect.arrayContaining(Object.keys(report)));
    expect(Buffer.byteLength(boundedText(summaryOf(smaller)))).toBeLessThan(MIB);
  });

  it('names the place and how much of it is left out', () => {
    const report = { ...FAILED, failure: { ...failure, message: 'x'.repeat(100_000) } };
    expect(bounded(report).leftOut).toEqual(['failure.message: 34464 characters']);
    expect(bounded(report).failure?.message).toHaveLength(65_537);
  });

  it('stays within its bounds whatever a machine says', () => {
    const texts = fc.array(fc.tuple(fc.string(), fc.nat(200_000)), { maxLength: 30 });
    const property = fc.property(texts, pairs => {
      const details = pairs.map(([text, count]) => text.repeat(count).slice(0, 2 * MIB));
      expect(sizeOf(bounded({ ...FAILED, failure: { ...failure, details } }))).toBeLessThan(MIB);
    });
    fc.assert(property, { numRuns: 20, seed: 13 });
  });
});

it('text for the job summary is cut below its bound', () => {
  expect(boundedText('short')).toBe('short');
  const cut = boundedText('漢\n'.repeat(MIB));
  expect(Buffer.byteLength(cut)).toBeLessThan(MIB);
  expect(cut).toMatch(/left out/);
});
