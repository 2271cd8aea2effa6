import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { ComposeChoice } from '../../../src/config/deployment-inputs.ts';
import { judgeDeployment } from '../../../src/modes/deployable.ts';
import type { ComposeSource } from '../../../src/modes/lint.ts';
import { RecordingLog } from '../support/recording-log.ts';

const STACK = parse(readFileSync('stacks/kraft/docker-compose.yml', 'utf8'), { merge: true });
const [FIRST = ''] = Object.keys(STACK.services);

/** The action's stack as somebody's own file, with something more in its first service. */
const textWith = (more: object) =>
  stringify({ ...STACK, services: { ...STACK.services, [FIRST]: { ...STACK.services[FIRST], ...more } } });

function judged(
  text: string,
  source: Partial<ComposeSource> = {},
  {
    allowHostAccess = false,
    environment,
    ...choice
  }: Partial<ComposeChoice> & { allowHostAccess?: boolean; environment?: string } = {},
) {
  const compose: ComposeChoice = {
    files: ['ci/kafka.yml'],
    stack: 'zookeeper',
    lintLevel: 'error',
    fix: false,
    ...choice,
  };
  const log = new RecordingLog();
  const files = [{ path: 'ci/kafka.yml', text }];
  const all = { files, readFile: () => undefined, isOwn: true, isOfPullRequest: true, ...source };
  const { refusal, lint, findings } = judgeDeployment(
    { compose, allowHostAccess, environment, schemas: [], smokeTest: { drill: 'none' } },
    all,
    log,
  );
  return { refusal, lint, rules: findings.map(({ ruleId }) => ruleId) };
}

describe('a compose file of a pull request', () => {
  it('is deployed when it gets nothing of the machine', () => {
    expect(judged(textWith({})).refusal).toBeUndefined();
  });

  it.each(['error', 'off'] as const)('is refused when it gets something, at lint-level %s', lintLevel => {
    const { refusal } = judged(textWith({ privileged: true, pid: 'host' }), {}, { lintLevel });
    expect(refusal?.code).toBe('host-access-refused');
    expect(refusal?.message).toMatch(
      /^ci\/kafka\.yml comes from a pull request, .*: ci\/kafka\.yml:\d+:\d+ "[^"]+" is privileged.* \(and 1 more\)$/,
    );
    expect(refusal?.details).toHaveLength(2);
    expect(refusal?.hint).toContain('allow-host-access: true');
  });

  it.each<[string, string]>([
    ['a tag that Compose decodes', `${textWith({})}x-hidden: !!binary cHJpdmlsZWdlZA==\n`],
    ['an include', `include: [other.yml]\n${textWith({})}`],
    ['a file that is not there', textWith({ env_file: 'none.env' })],
    [
      'an extends by a variable',
      textWith({}).replace(/^services:\n/m, '$&  other:\n    extends: {file: "$FILE", service: a}\n'),
    ],
  ])('is refused when it cannot be judged, whatever the linter lets pass: %s', (_, text) => {
    expect(judged(text, {}, { lintLevel: 'off' }).refusal?.code).toBe('host-access-refused');
  });

  it('is refused whatever its comments switch off', () => {
    const text = `# kafka-lint: ignore-file host-access\n${textWith({ privileged: true })}`;
    const { refusal, rules, lint } = judged(text);
    expect(refusal?.code).toBe('host-access-refused');
    expect([rules.includes('host-access'), lint?.ignored]).toEqual([false, 1]);
  });

  it('is refused for what is only usual in a file of one’s own', () => {
    const { refusal, rules } = judged(textWith({ gpus: 'all' }));
    expect(refusal?.code).toBe('host-access-refused');
    expect(rules).not.toContain('host-access');
  });

  it('is deployed all the same when the workflow allows it', () => {
    const { refusal, rules } = judged(textWith({ privileged: true }), {}, { allowHostAccess: true });
    expect(refusal).toBeUndefined();
    expect(rules).toContain('host-access');
  });
});

describe('a compose file of any other event', () => {
  it('is warned of, and deployed', () => {
    const { refusal, rules, lint } = judged(textWith({ privileged: true }), { isOfPullRequest: false });
    expect(refusal).toBeUndefined();
    expect(rules).toContain('host-access');
    expect(lint?.errors).toBe(0);
  });
});

describe('a fixed container name', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, false],
    ['pr-7', true],
  ])('in environment %s is warned of: %s', (environment, expected) => {
    const text = textWith({ container_name: 'broker' });
    const { rules } = judged(text, { isOfPullRequest: false }, { environment });
    expect(rules.includes('container-name')).toBe(expected);
  });
});

describe('a stack of the action', () => {
  it('is not judged in a pull request either', () => {
    expect(judged(textWith({ privileged: true }), { isOwn: false }).refusal).toBeUndefined();
  });
});
