import { describe, expect, it } from 'vitest';
import { InputReader } from '../../../src/config/input-reader.ts';
import { parseProxy, secretsOfProxy } from '../../../src/config/proxy-inputs.ts';

const parsed = (httpProxy: string, noProxy = '') => {
  const input = new InputReader({ 'http-proxy': httpProxy, 'no-proxy': noProxy });
  return { proxy: parseProxy(input), problems: input.problems.map(({ message }) => message) };
};

describe('the proxy for downloads', () => {
  it.each([
    ['http://proxy.example:3128', 'http://proxy.example:3128', 'http://proxy.example:3128'],
    ['HTTP://Proxy.Example:3128/', 'http://proxy.example:3128', 'http://proxy.example:3128'],
    ['http://10.0.0.9', 'http://10.0.0.9:80', 'http://10.0.0.9:80'],
    ['http://[fd00::1]:3128', 'http://[fd00::1]:3128', 'http://[fd00::1]:3128'],
    ['http://kafka@proxy:1', 'http://kafka@proxy:1', 'http://proxy:1'],
    ['http://u:p%40ss%25%2f1@proxy:1', 'http://u:p%40ss%25%2F1@proxy:1', 'http://proxy:1'],
    ["http://u:it's$HOME!(x)*@proxy:1", 'http://u:it%27s%24HOME%21%28x%29%2A@proxy:1', 'http://proxy:1'],
  ])('%s has a port, and no character that a shell or systemd reads', (text, url, address) => {
    expect(parsed(text)).toMatchObject({ proxy: { url, address }, problems: [] });
  });

  it('is none when none is given', () => {
    expect(parsed('')).toEqual({ proxy: undefined, problems: [] });
  });

  it('never stands between the machine and itself', () => {
    expect(parsed('http://p:1', '.internal.example, 10.0.0.0/8\nlocalhost').proxy?.exceptions).toEqual([
      ...['localhost', '127.0.0.1', '::1', '.internal.example', '10.0.0.0/8'],
    ]);
  });

  it('is refused without a word of its password', () => {
    for (const text of [
      'http://u:S3cretS3cret/@proxy:1',
      'http://u:S3cretS3cret#1@proxy:1',
      'http://u:%S3cretS3cret@proxy:1',
      'https://u:S3cretS3cret@proxy:1',
      'http://u:S3cretS3cret @proxy:1',
      'u:S3cretS3cret@proxy:1',
      'http://u:S3cretS3crét@proxy:1',
      'http://u:S3cretS3cret%0A@proxy:1',
    ]) {
      const { proxy, problems } = parsed(text);
      expect(proxy, text).toBeUndefined();
      expect(problems.join('\n'), text).not.toContain('S3cret');
      expect(problems, text).toHaveLength(1);
    }
    expect(parsed('http://u:p/@proxy').problems[0]).toContain('/ is written %2F');
    expect(parsed('http://u:100%@proxy').problems[0]).toContain('it is written %25');
  });
});

describe('what nobody may see of a proxy', () => {
  it.each([
    ['http://proxy:3128', []],
    ['http://kafka@proxy:3128', ['http://kafka@proxy:3128', 'kafka']],
    ['http://u:p%40ss@proxy', ['http://u:p%40ss@proxy', 'u:p%40ss', 'p%40ss', 'p@ss']],
    [' u:pass@word@proxy', ['u:pass@word@proxy', 'u:pass@word', 'pass@word', 'pass@word']],
    ['http://u:100%@proxy', ['http://u:100%@proxy', 'u:100%', '100%']],
  ])('%s', (text, secrets) => {
    expect(secretsOfProxy(text)).toEqual(secrets);
  });
});
