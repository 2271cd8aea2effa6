import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';
import { projectText } from '../../support/compose-projects.ts';
import type { CheckTest } from '../../support/health-checks.ts';

/** What is said of a check of a service of which nothing is known, for which another waits. */
const saidOf = (test: CheckTest) => {
  const text = projectText({
    a: { image: 'example.org/a:1', healthcheck: { test } },
    b: { image: 'example.org/b:1', depends_on: { a: { condition: 'service_healthy' } } },
  });
  return lintCompose([{ path: 'compose.yml', text }])
    .filter(({ ruleId }) => ruleId.startsWith('healthcheck'))
    .map(({ ruleId, severity, message }) => `${severity} ${ruleId} ${message}`);
};

describe('a check that fails by its form', () => {
  it.each<[string, CheckTest, RegExp]>([
    [
      'curl gets || as an address',
      ['CMD', 'curl', '-f', 'http://a', '||', 'exit', '1'],
      /curl takes "\|\| exit 1"/,
    ],
    ['with more behind it', ['CMD', 'wget', '-q', 'http://a', ';', 'true'], /wget takes "; true"/],
    ['a redirection', ['CMD', 'curl', 'http://a', '>/dev/null'], /curl takes ">\/dev\/null"/],
    ['one word behind CMD-SHELL', ['CMD-SHELL', 'curl', '-f', 'http://a'], /"curl" alone fails/],
    ['one word behind sh -c', ['CMD', 'sh', '-c', 'kafka-topics.sh', '--list'], /after sh -c .* alone fails/],
    ['a port for ping', ['CMD', 'ping', '-c', '1', 'db:5432'], /ping takes "db:5432" for a name/],
    ['a port for ping in a shell', 'ping -c 1 db:5432 || exit 1', /ping takes "db:5432" for a name/],
  ])('%s', (_, test, reason) => {
    expect(saidOf(test)).toEqual([expect.stringMatching(reason)]);
    expect(saidOf(test)[0]).toMatch(/^error healthcheck-fails .* so "b" never starts: /);
  });
});

describe('a check that says nothing', () => {
  it.each<[string, CheckTest, RegExp]>([
    [
      'a pipe that echo says',
      ['CMD', 'echo', 'ruok', '|', 'nc', 'a', '1'],
      /nothing about it: .* echo takes/,
    ],
    ['a failure that is taken back', 'curl -f http://a || true', /ends well whatever/],
    ['with words for it', 'nc -z a 1 && echo up || echo down', /ends well whatever/],
    ['an end that is good', 'exit 0', /ends well whatever/],
    ['a last command that is good', ['CMD-SHELL', 'nc -z a 1; exit 0'], /ends well whatever/],
    ['a version', ['CMD', 'redis-cli', '--version'], /redis-cli prints a version/],
    [
      'a version beside a question',
      'kafka-topics --bootstrap-server a:1 --version || exit 1',
      /prints a version/,
    ],
    ['a script cut', ['CMD', 'bash', '-c', 'unset', 'X', ';', 'run'], /run \("unset"\), without "X ; run"/],
    ['words cut', ['CMD-SHELL', 'pg_isready', '-U', 'me'], /something else .* without "-U me"/],
    [
      'a pipe that a tool gets',
      ['CMD', 'rpk', 'health', '|', 'grep', 'x'],
      /"\| grep x" are words that rpk gets/,
    ],
  ])('%s', (_, test, reason) => {
    expect(saidOf(test)).toEqual([expect.stringMatching(reason)]);
    expect(saidOf(test)[0]).toMatch(/^warning healthcheck-says-nothing /);
  });
});

describe('a check whose form is right', () => {
  it.each<[string, CheckTest]>([
    ['words', ['CMD', 'curl', '-f', 'http://a']],
    ['an end that is a failure', 'curl -f http://a || exit 1'],
    ['one text', ['CMD-SHELL', 'redis-cli ping | grep PONG']],
    ['an end that changes nothing, behind the script', ['CMD-SHELL', 'nc -z a 1', '||', 'exit 1']],
    ['an end that some pass over', ['CMD', 'nc', '-z', 'a', '1', '||', 'exit', '1']],
    ['an end that the tool passes over', ['CMD', 'kafka-topics', '--list', '||', 'exit', '1']],
    [
      'a redirection, behind the script',
      ['CMD-SHELL', 'nc -z a 1', '>', '/dev/null', '2>&1', '||', 'exit', '1'],
    ],
    ['arguments of the script', ['CMD', 'sh', '-c', 'nc -z "$$0" "$$1"', 'a', '1']],
    ['an end before the good one', 'nc -z a 1 || exit 1; echo up'],
    ['a connection by a redirection', ['CMD', 'bash', '-c', 'echo > /dev/tcp/localhost/1']],
    ['what echo says goes to a program', 'echo srvr | nc a 1'],
    ['a condition', 'if nc -z a 1; then true; else false; fi'],
    ['an option of a question', ['CMD', 'etcdctl', 'endpoint', 'health', '--version']],
    ['ping', ['CMD', 'ping', '-c', '1', 'db']],
    ['a program in another language', ['CMD', 'php', '-r', "fsockopen('localhost', 80) or die('no');"]],
    ['a version that a server is asked for', ['CMD', 'mysqladmin', 'version']],
    ['no check', ['NONE']],
  ])('%s', (_, test) => expect(saidOf(test)).toEqual([]));
});

it('takes a time that grows with the check, not with its square', () => {
  const start = performance.now();
  for (const piece of ['>a1', '1> a ', '|| exit 1 ', '> ']) saidOf(['CMD-SHELL', 'x', piece.repeat(20_000)]);
  expect(performance.now() - start).toBeLessThan(5_000);
});
