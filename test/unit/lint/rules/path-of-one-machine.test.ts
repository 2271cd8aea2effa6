import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../support/compose-projects.ts';

const found = (volumes: readonly unknown[]) =>
  findingsOf({ app: { image: 'example.org/app:1', volumes } }).filter(finding =>
    finding.startsWith('path-of-one'),
  );

describe("a path in one person's home directory", () => {
  it.each<[string, unknown]>([
    ['of macOS', '/Users/anna/jars:/jars'],
    ['of macOS, read-only', '/Users/anna/a b/x.json:/x.json:ro'],
    ['of Windows', 'C:\\Users\\anna\\jars:/jars'],
    ['of Windows with slashes', 'c:/Users/anna/jars:/jars'],
    ['of Windows by Git Bash', '//c/Users/anna/jars:/jars'],
    ['of Windows by WSL', '/mnt/c/Users/anna/jars:/jars'],
    ['in long form', { type: 'bind', source: '/Users/anna/jars', target: '/jars' }],
  ])('is told: %s', (_, volume) => expect(found([volume])).toHaveLength(1));

  it.each<[string, unknown]>([
    ['of whoever starts it', '~/jars:/jars'],
    ['from a variable', `\${HOME}/jars:/jars`],
    ['from a variable with that default, which can be set', `/Users/\${NAME}/jars:/jars`],
    ['of a server', '/home/ec2-user/jars:/jars'],
    ['that all share', '/Users/Shared/jars:/jars'],
    ['of the repository', './Users/anna/jars:/jars'],
    ['in the container', './jars:/Users/anna/jars'],
    ['in a volume', 'users:/Users/anna'],
  ])('is none: %s', (_, volume) => expect(found([volume])).toEqual([]));

  it('is told once for one person', () => {
    expect(found(['/Users/anna/a:/a', '/Users/anna/b:/b', '/Users/ben/c:/c'])).toHaveLength(2);
  });
});
