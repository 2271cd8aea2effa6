import { expect, it } from 'vitest';
import { jobEnd } from '../../../src/tunnel/job-end.ts';
import { ManualClock } from '../support/clocks.ts';
import { me } from '../support/tunnels.ts';

const never = new AbortController().signal;

it('waits while the starter runs, and looks every 2 seconds', async () => {
  const clock = new ManualClock();
  const done = new AbortController();
  const ended = jobEnd(me, clock, done.signal);
  await clock.advance(60_000);
  expect(clock.sleeping).toBe(1);
  done.abort(new Error('told to end'));
  await expect(ended).rejects.toThrow('told to end');
});

it('sees at once that the starter is another process by now', async () => {
  expect(await jobEnd({ ...me, startTime: '1' }, new ManualClock(), never)).toContain('the job ended');
});

it('waits for 6 hours where there is nothing to watch', async () => {
  const clock = new ManualClock();
  let end = '';
  const ended = jobEnd(undefined, clock, never).then(reason => {
    end = reason;
  });
  await clock.advance(6 * 3_600_000 - 1);
  expect(end).toBe('');
  await clock.advance(1);
  await ended;
  expect(end).toContain('6 hours');
});
