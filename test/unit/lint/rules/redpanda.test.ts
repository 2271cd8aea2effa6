import { describe, expect, it } from 'vitest';
import { findingsOf, type ServiceText } from '../../support/compose-projects.ts';

const INSIDE = 'IN://0.0.0.0:29092,OUT://0.0.0.0:9092';
const TOLD = 'IN://panda:29092,OUT://localhost:9092';

describe('a broker of Redpanda, by its flags', () => {
  const panda = (command: unknown, more: ServiceText = {}): ServiceText => ({
    image: 'docker.redpanda.com/redpandadata/redpanda:v24.1.1',
    ports: ['9092:9092', '29092:29092'],
    command,
    ...more,
  });
  const FLAGS = ['redpanda', 'start', '--kafka-addr', INSIDE, '--advertise-kafka-addr', TOLD];
  const BOTH = ['open-port: 9092:9092', 'published-internal-name: 29092:29092', 'open-port: 29092:29092'];
  it.each<[string, ServiceText, string[]]>([
    ['as words', panda(FLAGS), BOTH],
    ['as a text', panda(FLAGS.join(' ')), BOTH],
    [
      'as words with values',
      panda(['redpanda start', `--kafka-addr=${INSIDE}`, `--advertise-kafka-addr ${TOLD}`]),
      BOTH,
    ],
    ['by its older name', panda(FLAGS, { image: 'vectorized/redpanda:v21.11.15' }), BOTH],
    [
      'with a login',
      panda([...FLAGS, '--set', 'redpanda.enable_sasl=true']),
      ['published-internal-name: 29092:29092'],
    ],
    [
      'from a variable',
      panda(FLAGS.join(' ').replace('panda:29092', `\${HOST}:29092`)),
      [expect.stringMatching(/^variable-unset/)],
    ],
    ['beside a file', panda(FLAGS, { volumes: ['./redpanda.yaml:/etc/redpanda/redpanda.yaml'] }), []],
    ['that are missing', panda(['redpanda', 'start']), []],
    [
      'without names',
      panda('redpanda start --kafka-addr 0.0.0.0:9092 --advertise-kafka-addr panda:9092'),
      [],
    ],
    ['of an image that is built', panda(FLAGS, { build: '.' }), []],
    ['of another program', panda(FLAGS, { image: 'example/redpanda:1' }), []],
  ])('%s', (_, service, expected) => expect(findingsOf({ panda: service })).toEqual(expected));
});
