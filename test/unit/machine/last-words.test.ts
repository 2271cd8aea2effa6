import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../src/machine/last-words.ts';

const AT = '[2026-11-26 13:50:31,068]';
const stack = ['\tat kafka.server.KafkaServer.startup(KafkaServer.scala:258)', '\t... 7 more'];

describe("a container's last words", () => {
  it.each<[string, string[], string | undefined]>([
    ['nothing', [], undefined],
    ['only blanks', ['', '   '], undefined],
    [
      'the exception of the last severe entry, not the end of its stack trace',
      [
        `${AT} INFO starting`,
        `${AT} ERROR Exiting Kafka. (kafka.Kafka$)`,
        'java.lang.RuntimeException: why',
        ...stack,
        `${AT} INFO shutting down`,
      ],
      'java.lang.RuntimeException: why',
    ],
    [
      'no exception that was only warned of',
      [`${AT} WARN no jetty`, 'java.lang.ClassNotFoundException: jetty', ...stack, `${AT} INFO ready`],
      `${AT} INFO ready`,
    ],
    [
      'the innermost cause',
      [
        `${AT} ERROR Fatal error`,
        'java.io.IOException: outer',
        ...stack,
        'Caused by: java.net.ConnectException: refused',
        ...stack,
      ],
      'java.net.ConnectException: refused',
    ],
    [
      'what came before a farewell that names no reason',
      [
        `${AT} ERROR disk is broken (kafka.log.LogManager)`,
        `${AT} INFO x`,
        `${AT} ERROR Shutdown broker because all log dirs have failed`,
      ],
      `${AT} ERROR disk is broken (kafka.log.LogManager)`,
    ],
    [
      'a farewell when there is nothing else',
      [`${AT} INFO x`, `${AT} ERROR Exiting Kafka`],
      `${AT} ERROR Exiting Kafka`,
    ],
    [
      'an exception without an entry of a log',
      ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space', ...stack],
      'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    ],
    [
      'a start script that misses a variable',
      [
        '===> Configuring ...',
        'KAFKA_ZOOKEEPER_CONNECT is required.',
        'Command [/usr/local/bin/dub ensure] FAILED !',
      ],
      'KAFKA_ZOOKEEPER_CONNECT is required.',
    ],
    ['the last line when nothing sounds like a reason', ['one', 'two', ''], 'two'],
    ['no note of Java', ['cannot open', 'Picked up JAVA_TOOL_OPTIONS: -Xerror'], 'cannot open'],
    [
      'an entry of another program',
      ['2026-11-26T13:50:31Z FATAL no space left on device', '2026-11-26T13:50:32Z info bye'],
      '2026-11-26T13:50:31Z FATAL no space left on device',
    ],
  ])('are %s', (_, log, words) => {
    expect(lastWords(log)).toBe(words);
  });

  it('are shortened', () => {
    expect(lastWords([`ERROR ${'x'.repeat(1000)}`])).toMatch(/^ERROR x{293}…$/);
  });
});
