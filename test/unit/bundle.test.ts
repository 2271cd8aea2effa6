import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const textOf = (files: readonly string[]) =>
  files.map(file => readFileSync(`dist/${file}`, 'utf8')).join('\n');

/** Words that a minifier keeps: names of errors and of a protocol's messages. */
const KAFKA = 'KafkaJSConnectionError';
const SSH = 'ssh-userauth';
const HTTP_CLIENT = 'UND_ERR_CONNECT_TIMEOUT';

describe('the bundle of the action', () => {
  it('begins without what only a run with a machine needs', () => {
    const first = textOf(['index.js']);
    for (const word of [KAFKA, SSH, HTTP_CLIENT]) expect(first).not.toContain(word);
  });

  it('has that in files of its own, and the HTTP client nowhere', () => {
    const late = textOf(readdirSync('dist').filter(file => /^\d+\.index\.js$/.test(file)));
    for (const word of [KAFKA, SSH]) expect(late).toContain(word);
    expect(late).not.toContain(HTTP_CLIENT);
  });
});
