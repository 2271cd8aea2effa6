import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rowsOf, tableShapes } from './report/markdown-reading.ts';
import { anchorsOf, brokenLinks, headingsOf } from './support/markdown-links.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'lab/*.md']);
const read = (file: string) => readFileSync(file, 'utf8');

describe('links of the documentation', () => {
  it('are looked at in every page', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/concepts.md', 'docs/fr/README.md']));
  });

  it.each(pages)('%s: each leads to a file, and to a heading in it', page => {
    expect(brokenLinks('.', page)).toEqual([]);
  });
});

describe('brokenLinks', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'docs'));
  writeFileSync(
    join(root, 'README.md'),
    '# Où `ça` se trouve\n\n## Twice\n\n## Twice\n\n<a id="code"></a>\n',
  );
  const inDocs = (markdown: string) => {
    writeFileSync(join(root, 'docs/page.md'), markdown);
    return brokenLinks(root, 'docs/page.md');
  };

  it('accepts files, headings as GitHub names them, and anchors', () => {
    const links = [
      '../README.md',
      '../README.md#où-ça-se-trouve',
      '../README.md#twice-1',
      '../README.md#code',
    ];
    expect(inDocs(`# Here\n\n[h](#here) ${links.map(link => `[a\nlink](${link})`).join(' ')}`)).toEqual([]);
  });

  it('finds a file, a heading and an image that are not there', () => {
    const page = '[`a`](nowhere.md) [b](../README.md#nothing) [c](#nothing) ![d](d.png) [e](../../README.md)';
    expect(inDocs(page)).toEqual([
      'docs/page.md: nowhere.md leads to no file',
      'docs/page.md: ../README.md#nothing leads to no heading of README.md',
      'docs/page.md: #nothing leads to no heading of docs/page.md',
      'docs/page.md: d.png leads to no file',
      'docs/page.md: ../../README.md leads to no file',
    ]);
  });

  it('leaves other sites and code alone', () => {
    expect(inDocs('[a](https://example.org/#b) `[c](d.md)`\n\n```md\n# Code\n\n[e](f.md)\n```\n')).toEqual(
      [],
    );
    expect([...anchorsOf('```md\n# Code\n```\n')]).toEqual([]);
  });
});

describe('the French documentation', () => {
  const [english, french] = [read('docs/concepts.md'), read('docs/fr/concepts.md')];

  it('has the same sections, tables and rows in its concepts', () => {
    const levels = (page: string) => headingsOf(page).map(({ level }) => level);
    expect(levels(french)).toEqual(levels(english));
    expect(levels(french).length).toBeGreaterThan(10);
    expect(tableShapes(french)).toEqual(tableShapes(english));
  });

  it('lists the same steps, with the same parts of the guide', () => {
    const steps = (page: string) =>
      rowsOf(page)
        .filter(cells => cells.length === 4 && /^(–|\d\/|prerequisites|prérequis)/.test(cells[0] ?? ''))
        .map(([guide, step]) => [guide?.replace('prerequisites', 'prérequis'), step]);
    expect(steps(read('docs/fr/README.md'))).toEqual(steps(read('README.md')));
    expect(steps(read('README.md')).length).toBeGreaterThan(15);
  });
});
