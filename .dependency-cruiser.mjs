/**
 * The order of the layers, from top to bottom: a file may import from its own layer and from those below it, never from one
 * above. `script/test unit` holds the code against it, imports of types included, and refuses cycles.
 */
const LAYERS = [
  ['entries', 'src/(main|post|tunnel)\\.ts'],
  ['action', 'src/action/'],
  ['modes', 'src/modes/'],
  ['report', 'src/report/'],
  ['steps', 'src/steps/'],
  ['machine', 'src/machine/'],
  ['config', 'src/config/'],
  ['lint', 'src/lint/'],
  ['compose: what goes to the machine', 'src/compose/deployment/'],
  ['compose: what there is of Kafka in it', 'src/compose/kafka/'],
  ['compose: what it gets of the machine', 'src/compose/host-access/'],
  ['compose: the reader', 'src/compose/reader/'],
  ['tunnel', 'src/tunnel/'],
  ['kafka', 'src/(kafka/|context\\.ts)'],
  ['host', 'src/host/'],
  ['what everything may use', 'src/[^/]+\\.ts'],
];

/** @param {number} to index of the last layer @returns a pattern for the files of the layers from the top one to that one */
const above = to =>
  `^(${LAYERS.slice(0, to)
    .map(([, path]) => path)
    .join('|')})`;

/** The files of a layer that no layer above it has claimed. */
const only = index => ({ path: `^${LAYERS[index][1]}`, ...(index > 0 ? { pathNot: above(index) } : {}) });

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or need a third one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...LAYERS.slice(1).map(([name], index) => ({
      name: `nothing above: ${name}`,
      comment: 'An import goes down, or stays in its layer. What two layers share belongs to the lower one.',
      severity: 'error',
      from: only(index + 1),
      to: { path: above(index + 1) },
    })),
  ],
  options: {
    // TypeScript 7 has no API that could read the files; swc has.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.json'] },
  },
};
