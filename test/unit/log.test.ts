import { describe, expect, it } from 'vitest';
import { ActionError } from '../../src/errors.ts';
import { logFailure, OrderedGroups, OrderedLogs } from '../../src/log.ts';
import { RecordingLog } from './support/recording-log.ts';

function groups(...titles: string[]) {
  const log = new RecordingLog();
  return { log, groups: new OrderedGroups(log, titles) };
}

describe('groups of work that runs side by side', () => {
  it('are shown in their order, whatever the order of the work', () => {
    const { log, groups: ordered } = groups('A', 'B', 'C');
    ordered.logger(2).info('c1');
    ordered.logger(1).warning('b1');
    ordered.logger(0).info('a1');
    ordered.close(2, 'C done');
    ordered.close(0, 'A done');
    ordered.logger(1).debug('b2');
    ordered.close(1, 'B done');
    expect(log.lines).toEqual([
      ...['group A', 'info a1', 'endgroup', 'info A done'],
      ...['group B', 'warning b1', 'debug b2', 'endgroup', 'info B done'],
      ...['group C', 'info c1', 'endgroup', 'info C done'],
    ]);
  });

  it('show the first unfinished one live', () => {
    const { log, groups: ordered } = groups('A', 'B');
    ordered.logger(0).info('a1');
    expect(log.lines).toEqual(['group A', 'info a1']);
    ordered.logger(1).info('b1');
    expect(log.lines).toEqual(['group A', 'info a1']);
    ordered.close(0, 'A done');
    expect(log.lines.slice(2)).toEqual(['endgroup', 'info A done', 'group B', 'info b1']);
  });

  it('are only their last line when they said nothing', () => {
    const { log, groups: ordered } = groups('A', 'B');
    ordered.close(0, 'A done');
    ordered.close(1, 'B done');
    expect(log.lines).toEqual(['info A done', 'info B done']);
  });
});

describe('a failure in the log', () => {
  it('says what there is to read first, then what failed, then what to do', () => {
    const log = new RecordingLog();
    logFailure(log, new ActionError('no-sudo', 'it cannot', { details: ['one', 'two'], hint: 'let it' }));
    expect(log.lines).toEqual([
      'info   | one',
      'info   | two',
      'info no-sudo: it cannot',
      'info what to do: let it',
    ]);
  });
});

describe('whole logs of work that runs side by side', () => {
  it('are shown one after the other, the first unfinished one live', () => {
    const log = new RecordingLog();
    const logs = new OrderedLogs(log, 2);
    const [first, second] = [logs.logger(0), logs.logger(1)];
    second.startGroup('B');
    second.info('b1');
    first.startGroup('A');
    expect(log.lines).toEqual(['group A']);
    second.endGroup();
    logs.close(1);
    first.endGroup();
    first.warning('a1');
    expect(log.lines).toEqual(['group A', 'endgroup', 'warning a1']);
    logs.close(0);
    expect(log.lines.slice(3)).toEqual(['group B', 'info b1', 'endgroup']);
  });

  it('go on at once after their end', () => {
    const log = new RecordingLog();
    const logs = new OrderedLogs(log, 2);
    logs.close(0);
    logs.close(1);
    logs.logger(1).info('later');
    logs.logger(0).debug('much later');
    expect(log.lines).toEqual(['info later', 'debug much later']);
  });
});
