import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { proxyStep } from '../../../../src/steps/deploy/proxy.ts';
import { proxyHint } from '../../../../src/steps/deploy/proxy-trouble.ts';
import type { Step } from '../../../../src/steps/step.ts';
import { scriptedContext } from '../../support/step-context.ts';

const PROXY = {
  url: 'http://u:p%40ss@proxy:3128',
  address: 'http://proxy:3128',
  exceptions: ['localhost', '.internal'],
};
const TOLD = 'http://proxy:3128, but not for localhost, .internal';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const UNIT = `unit=${sha256('[Service]\nEnvironmentFile=-/etc/kafka-al2023/proxy.env\n')}`;
const ENGINE = `engine=${sha256(
  [
    'HTTPS_PROXY=http://u:p%40ss@proxy:3128',
    'HTTP_PROXY=http://u:p%40ss@proxy:3128',
    'NO_PROXY=localhost,.internal',
    'http_proxy=http://u:p%40ss@proxy:3128',
    'https_proxy=http://u:p%40ss@proxy:3128',
    'no_proxy=localhost,.internal',
    '',
  ].join('\n'),
)}`;

const scripted = (...looks: string[]) =>
  scriptedContext([
    [/^sh -c \nsum\(\)/, ...looks.map(stdout => ({ stdout }))],
    [/^sh -euc umask 077/, 0],
    [/^systemctl (daemon-reload|try-restart docker)$/, 0],
    [/^rm -f -- /, 0],
  ]);

const apply = (step: Step, context: Parameters<Step['check']>[0]) =>
  step.apply ? step.apply(context) : expect.unreachable('it can be applied');

/** The text that the step writes for this proxy. */
async function written(): Promise<string> {
  const { context, host } = scripted('');
  await apply(proxyStep(PROXY, 'ec2-user'), context);
  return host.commands.find(({ argv }) => argv.includes('600'))?.stdin ?? expect.unreachable('none');
}

describe('the proxy of a machine', () => {
  it('is written for the user alone, by the standard input, and given to the engine', async () => {
    const { context, host, log } = scripted('engine=0');
    await apply(proxyStep(PROXY, 'ec2-user'), context);
    expect(await written()).toContain("\nhttps_proxy='http://u:p%40ss@proxy:3128'\n");
    expect(host.ran.at(-1)).toBe('sudo systemctl try-restart docker');
    expect(
      host.ran.filter(words => /proxy\.env 600 ec2-user$|proxy\.conf 644 root$/.test(words)),
    ).toHaveLength(2);
    expect(`${host.ran.join('\n')}${log.lines.join('\n')}`).not.toContain('p%40ss');
    expect(log.lines.join('\n')).toContain('its containers stop meanwhile');
  });

  it.each([
    ['set, before Docker is there', [UNIT], true],
    ['set, and the engine has it', [UNIT, ENGINE], true],
    ['set, and the engine has another', [UNIT, 'engine=12ab'], false],
    ['without the part of the unit', [ENGINE], false],
  ])('is %s', async (_, found, satisfied) => {
    const file = `file=${sha256(await written())} ec2-user 600`;
    const { context } = scripted([file, ...found].join('\n'));
    const check = await proxyStep(PROXY, 'ec2-user').check(context);
    expect(check).toMatchObject({ satisfied, detail: expect.stringContaining(TOLD) });
  });

  it.each(['root 600', 'ec2-user 644'])('is not set when its file is of %s', async ownership => {
    const { context } = scripted(`file=${sha256(await written())} ${ownership}\n${UNIT}`);
    expect(await proxyStep(PROXY, 'ec2-user').check(context)).toMatchObject({ satisfied: false });
  });

  it('is taken back, its file last: a run that is cut off is followed by one that goes on', async () => {
    const { context, host } = scripted(`file=12ab ec2-user 600\n${UNIT}\n${ENGINE}`);
    const step = proxyStep(undefined, 'ec2-user');
    expect(await step.check(context)).toMatchObject({ satisfied: false });
    await apply(step, context);
    const changes = host.ran.filter(words => /^sudo (rm|systemctl)/.test(words));
    expect(changes.map(words => words.replace(/\/\S*\//, ''))).toEqual([
      'sudo rm -f -- kafka-al2023-proxy.conf',
      'sudo systemctl daemon-reload',
      'sudo systemctl try-restart docker',
      'sudo rm -f -- proxy.env',
    ]);
    expect(await proxyStep(undefined, 'ec2-user').check(scripted('engine=1').context)).toEqual({
      satisfied: true,
      detail: 'none',
    });
  });
});

describe('what programs say of a proxy', () => {
  it.each([
    ['Status code: 407 for http://mirror/repomd.xml (IP: 10.0.0.9)', 'user name and a password'],
    ['curl: (56) CONNECT tunnel failed, response 407', 'user name and a password'],
    ['Get "https://registry-1.docker.io/v2/": Proxy Authentication Required', 'user name and a password'],
    ['curl: (5) Could not resolve proxy: proxy.example', 'does not reach the proxy'],
    ['proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused', 'does not reach the proxy'],
    ['curl: (56) Received HTTP code 403 from proxy after CONNECT', 'allow the address'],
    ["OSError('Tunnel connection failed: 403 Filtered')", 'allow the address'],
  ])('%s', (said, hint) => {
    expect(proxyHint(said)).toContain(hint);
  });

  it.each(['curl: (6) Could not resolve host: github.com', 'Status code: 404 for http://mirror/4070', ''])(
    'is nothing in: %s',
    said => {
      expect(proxyHint(said)).toBeUndefined();
    },
  );
});
