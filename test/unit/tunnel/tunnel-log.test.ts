import { describe, expect, it } from 'vitest';
import { TunnelLog } from '../../../src/tunnel/tunnel-log.ts';

function logAt(start: number) {
  const lines: string[] = [];
  const clock = { ms: start };
  const log = new TunnelLog(
    line => lines.push(line),
    () => new Date(clock.ms),
  );
  return { log, lines, clock };
}

describe('the log of a tunnel', () => {
  it('has a line for each thing, with its time', () => {
    const { log, lines } = logAt(0);
    log.info('connected');
    log.warning('an odd\n  message');
    log.debug();
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z connected\n',
      '1970-01-01T00:00:00.000Z an odd | message\n',
    ]);
  });

  it('tells what happens often once a minute, with how often', () => {
    const { log, lines, clock } = logAt(0);
    for (let second = 0; second < 120; second++) {
      clock.ms = second * 1000;
      log.seldom('a', 'refused');
      if (second === 30) log.seldom('b', 'another');
    }
    expect(lines.map(line => line.slice(11))).toEqual([
      '00:00:00.000Z refused\n',
      '00:00:30.000Z another\n',
      '00:01:00.000Z refused; 59 more in the last 1 min 0 s\n',
    ]);
  });

  it('does not grow for ever, and still tells its end', () => {
    const { log, lines } = logAt(0);
    for (let line = 0; line < 100_000; line++) log.info('lost');
    log.end('ended');
    expect(lines).toHaveLength(5_001);
    expect(lines.at(-2)).toContain('only the end will follow');
    expect(lines.at(-1)).toContain('ended');
  });
});
