import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const parse = (topics: string, more: RawInputs = {}) =>
  parseConfig({ host: 'localhost', topics, ...more }, () => '').topics;

describe('the input topics', () => {
  it('has a topic a line, with partitions, replicas and settings where they are said', () => {
    const text =
      '# ours\n\n orders:6 \npayments:3:2  cleanup.policy=compact,delete retention.ms=60000\r\nplain\na.b_c-1::1\n';
    expect(parse(text)).toEqual([
      { name: 'orders', partitions: 6, replicas: undefined, settings: new Map() },
      {
        ...{ name: 'payments', partitions: 3, replicas: 2 },
        settings: new Map([
          ['cleanup.policy', 'compact,delete'],
          ['retention.ms', '60000'],
        ]),
      },
      { name: 'plain', partitions: undefined, replicas: undefined, settings: new Map() },
      { name: 'a.b_c-1', partitions: undefined, replicas: 1, settings: new Map() },
    ]);
    expect(parse('')).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ['or ders', /"ders" is not of the form SETTING=VALUE/],
    ['orders:0', /PARTITIONS is "0", not a whole number from 1 to 1000/],
    ['orders:1001', /not a whole number from 1 to 1000/],
    ['orders:6:x', /REPLICAS is "x", not a whole number from 1 to 100/],
    ['orders:6:3:1', /no more colons/],
    ['or/ders', /"or\/ders" is not a topic name/],
    ['..', /is not a topic name/],
    [':6', /"" is not a topic name/],
    ['__consumer_offsets:6', /__consumer_offsets is Kafka's own/],
    ['orders\norders:6', /line "orders:6": orders is named twice/],
    ['orders retention.ms=', /is not of the form SETTING=VALUE/],
    ['orders Retention=1', /is not of the form SETTING=VALUE/],
    ['orders a=1 a=2', /a is set twice/],
    [Array.from({ length: 201 }, (_, index) => `t${index}`).join('\n'), /names 201 topics, and at most 200/],
  ])('is refused with its line: %j', async (text, message) => {
    const error = await actionErrorOf(() => parse(text));
    expect(error).toMatchObject({ code: 'input-invalid', message: expect.stringMatching(message) });
    expect(error.message).toMatch(/^topics: /);
  });

  it.each(['down', 'smoke-test'])('is refused with mode %s, which makes none', async mode => {
    const error = await actionErrorOf(() => parse('orders', { mode }));
    expect(error.message).toMatch(/^topics and mode: they are made by mode deploy/);
  });

  it('is taken with mode plan', () => expect(parse('orders', { mode: 'plan' })).toHaveLength(1));
});
