import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const parse = (schemas: string, more: RawInputs = {}) =>
  parseConfig({ host: 'localhost', schemas, ...more }, () => '').schemas;

describe('the input schemas', () => {
  it('has a subject and a file a line, whose ending is the type', () => {
    const text =
      '# ours\norders-value=schemas/order.avsc\n\n a:b = with space.JSON\nc=./c.proto\nd-value=x=y.avsc';
    expect(parse(text)).toEqual([
      { subject: 'orders-value', file: 'schemas/order.avsc', type: 'AVRO' },
      { subject: 'a:b', file: 'with space.JSON', type: 'JSON' },
      { subject: 'c', file: './c.proto', type: 'PROTOBUF' },
      { subject: 'd-value', file: 'x=y.avsc', type: 'AVRO' },
    ]);
    expect(parse('')).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ['orders', /line "orders": it is not of the form SUBJECT=FILE/],
    ['a b=c.avsc', /it is not of the form SUBJECT=FILE/],
    ['a=c.yaml', /"c.yaml" ends neither in \.avsc/],
    ['a=c.avsc\na=d.avsc', /line "a=d.avsc": subject a is named twice/],
    [Array.from({ length: 201 }, (_, index) => `s${index}=a.avsc`).join('\n'), /at most 200 are registered/],
  ])('is refused with its line: %j', async (text, message) => {
    const error = await actionErrorOf(() => parse(text));
    expect(error).toMatchObject({ code: 'input-invalid', message: expect.stringMatching(message) });
  });

  it.each(['down', 'smoke-test'])('is refused with mode %s, which registers none', async mode => {
    const error = await actionErrorOf(() => parse('a=b.avsc', { mode }));
    expect(error.message).toMatch(/^schemas and mode: they are registered by mode deploy/);
  });
});
