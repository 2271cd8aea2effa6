import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import type { ComposeBinary } from '../../../../src/config/deployment-inputs.ts';
import type { Context } from '../../../../src/context.ts';
import { composeBinaryStep } from '../../../../src/steps/deploy/compose-binary.ts';
import { withoutRoot } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type RedirectingServers, redirectingServers } from '../../support/redirecting-servers.ts';
import { noKafka } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const PROGRAM = '#!/bin/sh\necho Docker Compose version v2.40.3\n';
const SHA256 = createHash('sha256').update(PROGRAM).digest('hex');
const PLACE = '/usr/local/bin/docker-compose';

const folder = temporaryFolder();
let servers: RedirectingServers;

beforeAll(async () => {
  servers = await redirectingServers(
    path => (path.endsWith('.sha256') ? `${SHA256}  docker-compose\n` : PROGRAM),
    ({ secure, plain }) => ({
      '/moved': `${secure}/here`,
      '/moved.sha256': `${secure}/here.sha256`,
      '/file-by-http': `${plain}/file`,
      '/sum-by-http.sha256': `${plain}/sum.sha256`,
      '/file-by-hops': `${secure}/hop`,
      '/hop': `${secure}/file-by-http`,
      '/sum-by-hops.sha256': `${secure}/hop.sha256`,
      '/hop.sha256': `${secure}/sum-by-http.sha256`,
    }),
  );
  vi.stubEnv('CURL_CA_BUNDLE', servers.authority);
});

/** The step with curl as it is, on this computer: what it installs is put into a folder of the test. */
function compose(source: Partial<ComposeBinary>) {
  const place = join(folder, String(Math.random()), 'docker-compose');
  const machine = withoutRoot();
  const host: Context['host'] = {
    ...machine,
    run: command => {
      const [program, ...words] = command.argv.map(word => word.replace(PLACE, place));
      return machine.run({ ...command, argv: [program ?? '', ...words] });
    },
  };
  const step = composeBinaryStep(
    { version: 'latest', url: undefined, sha256: undefined, ...source },
    'x86_64',
  );
  const signal = new AbortController().signal;
  const context: Context = { host, kafka: noKafka, log: new RecordingLog(), clock: systemClock, signal };
  return { place, apply: async () => step.apply?.(context) };
}

describe('a download that is asked for by https', () => {
  it.each([
    ['the file itself', '/file-by-http'],
    ['its checksum', '/sum-by-http'],
    ['the file, behind more redirects', '/file-by-hops'],
    ['its checksum, behind more redirects', '/sum-by-hops'],
  ])('is refused when a redirect leads to http: %s', async (_, path) => {
    const { place, apply } = compose({ url: servers.secure + path });
    const error = await actionErrorOf(apply);
    expect(servers.askedPlain).toEqual([]);
    expect(error.code).toBe('compose-download-failed');
    expect(error.message).toMatch(/^https:\S+ leads to an address of http, which is not followed/);
    expect(error.hint).toContain('stays with https in compose-url');
    expect(existsSync(place)).toBe(false);
  });

  it('is refused, too, when its checksum is an input', async () => {
    const { apply } = compose({ url: `${servers.secure}/file-by-http`, sha256: SHA256 });
    expect((await actionErrorOf(apply)).code).toBe('compose-download-failed');
    expect(servers.askedPlain).toEqual([]);
  });

  it('follows redirects that stay with https', async () => {
    const { place, apply } = compose({ url: `${servers.secure}/moved` });
    await apply();
    expect(existsSync(place)).toBe(true);
  });
});

describe('a download that is asked for by http', () => {
  it('is made, by its checksum', async () => {
    const { place, apply } = compose({ url: `${servers.plain}/file`, sha256: SHA256 });
    await apply();
    expect(existsSync(place)).toBe(true);
  });
});
