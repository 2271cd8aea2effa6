import { describe, expect, it } from 'vitest';
import { isOfPullRequest, secretsWithheld } from '../../../src/action/pull-request.ts';

const event = (name: string, data: unknown, ref = 'refs/heads/main') =>
  isOfPullRequest({ GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: '/event.json', GITHUB_REF: ref }, () =>
    typeof data === 'string' ? data : JSON.stringify(data),
  );

describe('a workspace that may be of a pull request', () => {
  it.each<[string, unknown]>([
    ['pull_request', { pull_request: { head: { repo: { fork: true } } } }],
    ['pull_request', { pull_request: { head: { repo: { fork: false } } } }],
    ['pull_request_target', {}],
    ['pull_request_review', 'not even JSON'],
    ['pull_request_review_comment', {}],
    ['issue_comment', { issue: { pull_request: { url: 'x' } } }],
    ['issue_comment', 'not even JSON'],
    ['workflow_run', { workflow_run: { event: 'pull_request' } }],
    ['workflow_run', { workflow_run: { event: 'pull_request_target', pull_requests: [] } }],
    ['workflow_run', { workflow_run: { event: 'push', pull_requests: [{ number: 1 }] } }],
    ['workflow_run', 'not even JSON'],
    ['check_suite', { check_suite: { pull_requests: [{ number: 1 }] } }],
    ['check_run', { check_run: { pull_requests: [{ number: 1 }] } }],
  ])('is known by the event %s with %j', (name, data) => expect(event(name, data)).toBe(true));

  it('is known by the reference that is checked out', () =>
    expect(event('workflow_dispatch', {}, 'refs/pull/42/merge')).toBe(true));

  it.each<[string, unknown]>([
    ['push', { commits: [] }],
    ['schedule', {}],
    ['workflow_dispatch', { inputs: { pull_request: '42' } }],
    ['issue_comment', { issue: { number: 1 } }],
    ['workflow_run', { workflow_run: { event: 'push', pull_requests: [] } }],
    ['push', 'not even JSON'],
  ])('is not that of the event %s with %j', (name, data) => expect(event(name, data)).toBe(false));

  it('is none outside of a workflow', () => expect(isOfPullRequest({})).toBe(false));
});

describe('a run without secrets', () => {
  const withheld = (env: NodeJS.ProcessEnv, data: unknown = {}) =>
    secretsWithheld({ GITHUB_REPOSITORY: 'us/shop', GITHUB_EVENT_PATH: '/event.json', ...env }, () =>
      typeof data === 'string' ? data : JSON.stringify(data),
    );
  const from = (repo: unknown) => ({ pull_request: { head: { repo } } });

  it.each<[string, unknown]>([
    ['pull_request', from({ full_name: 'them/shop' })],
    ['pull_request_review', from({ full_name: 'them/shop' })],
    ['pull_request', from(null)],
  ])('is that of a fork, by the event %s with %j', (name, data) =>
    expect(withheld({ GITHUB_EVENT_NAME: name, GITHUB_ACTOR: 'someone' }, data)).toBe('fork'),
  );

  it.each(['push', 'pull_request'])('is one that Dependabot started, by the event %s', name =>
    expect(
      withheld({ GITHUB_EVENT_NAME: name, GITHUB_ACTOR: 'dependabot[bot]' }, from({ full_name: 'us/shop' })),
    ).toBe('dependabot'),
  );

  it.each<[string, string, unknown]>([
    ['pull_request', 'someone', from({ full_name: 'us/shop' })],
    ['pull_request', 'someone', 'not even JSON'],
    ['pull_request_target', 'someone', from({ full_name: 'them/shop' })],
    ['pull_request_target', 'dependabot[bot]', from({ full_name: 'us/shop' })],
    ['workflow_run', 'dependabot[bot]', {}],
    ['push', 'someone', {}],
    ['', '', {}],
  ])('is not known by the event %s of %s with %j', (name, actor, data) =>
    expect(withheld({ GITHUB_EVENT_NAME: name, GITHUB_ACTOR: actor }, data)).toBeUndefined(),
  );
});
