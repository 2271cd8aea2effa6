import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

const found = (image: string, options: string, more = '', variable = 'KAFKA_OPTS') => {
  const text = `services:
  kafka:
    image: ${image}
${more}    environment:
      ${variable}: "${options}"
`;
  return lintCompose([{ path: 'compose.yml', text }]).flatMap(({ ruleId, place }) =>
    ruleId === 'image-setting-refused' ? [text.slice(place.start, place.end)] : [],
  );
};

describe('an option of Java', () => {
  const LOCKING = '-XX:+UseBiasedLocking';
  it.each<[string, string[], Parameters<typeof found>]>([
    ['is gone in Java 21', [LOCKING], ['confluentinc/cp-kafka:8.1.1', `-Da=b ${LOCKING}`]],
    ['is gone in the newest Java', [LOCKING], ['confluentinc/cp-server:latest', LOCKING]],
    ['is gone in apache/kafka', [LOCKING], ['apache/kafka:4.1.1', LOCKING]],
    [
      'is gone when switched off, too',
      ['-XX:-UseBiasedLocking'],
      ['apache/kafka:4.1.1', '-XX:-UseBiasedLocking'],
    ],
    ['is passed over by Java 17', [], ['confluentinc/cp-kafka:7.9.2', LOCKING]],
    ['is gone in Java 17', ['-XX:MaxPermSize'], ['confluentinc/cp-kafka:7.9.2', '-XX:MaxPermSize=1g']],
    ['is passed over by Java 11', [], ['confluentinc/cp-kafka:7.6.0', '-XX:+UseConcMarkSweepGC']],
    ['is there', [], ['confluentinc/cp-kafka:8.1.1', '-XX:+UseG1GC -XX:MaxGCPauseMillis=20']],
    [
      'is passed over where all such are',
      [],
      ['confluentinc/cp-kafka:8.1.1', `-XX:+IgnoreUnrecognizedVMOptions ${LOCKING}`],
    ],
    ['is for another Java', [], ['confluentinc/cp-kafka:8.1.1', LOCKING, '    build: .\n']],
    [
      'is for a program that is not known',
      [],
      ['confluentinc/cp-kafka:8.1.1', LOCKING, '    command: ./a\n'],
    ],
    ['is in a variable that nothing reads', [], ['confluentinc/cp-kafka:8.1.1', LOCKING, '', 'OTHER_OPTS']],
    ['is for a version that is not known', [], ['confluentinc/cp-kafka:mine', LOCKING]],
  ])('%s', (_, expected, args) => expect(found(...args)).toEqual(expected));
});
