import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Licences under which a program may be handed on with its text and its notice, and nothing else is asked. */
const KNOWN = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense', '0BSD']);
/** Not of package-lock.json, and yet in a bundle: what bundles, and what was copied from elsewhere. */
const OTHERS = ['@vercel/ncc', 'src/compose/reader/compose-spec.json'];
/** Says its licence in an old form, which npm does not note in package-lock.json; what the bundler read counts. */
const IN_AN_OLD_FORM = new Set(['ssh2', 'cpu-features', 'buildcheck']);

/** Says its licence in package.json and carries no text of it. */
const WITHOUT_TEXT = new Set(['shell-escape']);

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};
/** Every package that may get into a bundle, by its name. */
const shipped = Object.entries(packages)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ''), license }));

/** What stands in a bundle, with its licence: the bundler writes name, licence and text, and an empty line after each. */
function bundledIn(file: string): { name: string; license: string; text: string }[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const names = new Set([...shipped.map(({ name }) => name), ...OTHERS]);
  const starts = lines.flatMap((line, at) =>
    names.has(line) && (at === 0 || lines[at - 1] === '') ? [at] : [],
  );
  return starts.map((at, index) => ({
    name: lines[at] ?? '',
    license: lines[at + 1] ?? '',
    text: lines
      .slice(at + 2, starts[index + 1])
      .join('\n')
      .trim(),
  }));
}

describe('what the action hands on to others', () => {
  it.each(shipped.filter(({ name }) => !IN_AN_OLD_FORM.has(name)))(
    'has a known licence: $name',
    ({ license }) => {
      expect(KNOWN).toContain(license);
    },
  );

  it.each(globSync('dist/**/licenses.txt'))('stands with licence and text in %s', file => {
    const bundled = bundledIn(file);
    expect(bundled.length).toBeGreaterThan(10);
    for (const { name, license, text } of bundled) {
      expect(KNOWN, name).toContain(license);
      if (!WITHOUT_TEXT.has(name)) expect(text, name).toMatch(/copyright|license/i);
    }
  });

  it('is all that the bundles hold: each package that is imported is among them', () => {
    const names = bundledIn('dist/licenses.txt').map(({ name }) => name);
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });
});
