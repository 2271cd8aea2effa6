import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { INPUT_DEFAULTS } from '../../src/config/inputs.ts';
import { ERRORS } from '../../src/error-codes.ts';
import { readBlocks, rowsOf, tableShapes } from './report/markdown-reading.ts';
import { anchorsOf, brokenLinks, headingsOf } from './support/markdown-links.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'lab/*.md']);
const read = (file: string) => readFileSync(file, 'utf8');
const action = parse(read('action.yml')) as { readonly inputs: object; readonly outputs: object };
const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');

/** Rows of the first table below a heading. */
function tableOf(page: string, heading: string): string[][] {
  const [, section = ''] = read(page).split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return rowsOf(text).slice(2);
}

/** Names of the inputs that a snippet gives the action: in a step that uses it, or below a `with` that stands alone. */
function inputsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { uses = 'org/kafka-al2023-action', with: inputs = {} } = node as { uses?: string; with?: object };
  const own = uses.startsWith('org/kafka-al2023-action') ? Object.keys(inputs) : [];
  const children = Object.entries(node).filter(([name]) => name !== 'with');
  return [...own, ...children.flatMap(([, child]) => inputsIn(child))];
}

/** The rows of the tables between the markers of a section; header and rule are rows, too. */
function sectionRows(page: string, section: string): string[][] {
  const [, tables = ''] = read(page).split(new RegExp(`<!-- /?${section} -->`));
  return rowsOf(tables);
}

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

describe('the README', () => {
  const readme = read('README.md');

  it('has 250 lines at most', () => {
    expect(readme.split('\n').length - 1).toBeLessThanOrEqual(250);
  });

  it('leads to every page', () => {
    const missing = globSync('docs/*.md').filter(page => !readme.includes(`](${page}`));
    expect(missing).toEqual([]);
  });

  it('shows outputs that there are', () => {
    const shown = tableOf('README.md', 'Outputs').flatMap(([names = '']) => namesIn(names));
    expect(shown.length).toBeGreaterThan(8);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(shown));
  });

  it.each([
    ['README.md', 'Inputs'],
    ['docs/fr/README.md', 'Entrées'],
  ])('shows inputs that there are, with their defaults: %s', (page, heading) => {
    const shown = tableOf(page, heading).flatMap(([names = '', , fallback = '']) =>
      namesIn(names).map(name => [name, /^`(.*)`$/.exec(fallback)?.[1] ?? '']),
    );
    expect(shown.length).toBeGreaterThan(8);
    expect(INPUT_DEFAULTS).toMatchObject(Object.fromEntries(shown));
  });
});

describe('the tables of the documentation', () => {
  it('have the inputs that the code reads, with the same defaults', () => {
    const rows = sectionRows('docs/inputs.md', 'inputs').filter(([name = '']) => name.startsWith('`'));
    const defaults = rows.map(([name = '', , fallback = '']) => [
      name.slice(1, -1),
      /^`(?!\$)(.*)`$/.exec(fallback)?.[1] ?? '',
    ]);
    expect(Object.fromEntries(defaults)).toEqual(INPUT_DEFAULTS);
  });

  it('have the outputs of action.yml', () => {
    const names = sectionRows('docs/outputs.md', 'outputs')
      .slice(2)
      .map(([name]) => name);
    expect(names).toEqual(Object.keys(action.outputs).map(name => `\`${name}\``));
  });

  it('have the error codes, each with an anchor', () => {
    const codes = sectionRows('docs/troubleshooting.md', 'errors')
      .slice(2)
      .map(([code]) => code);
    expect(codes).toEqual(Object.keys(ERRORS).map(code => `<a id="${code}"></a>[\`${code}\`](#${code})`));
  });
});

describe('the snippets of the documentation', () => {
  const snippets = pages.flatMap(page =>
    readBlocks(read(page))
      .blocks.filter(({ language }) => language === 'yaml')
      .map(({ lines }) => lines.join('\n')),
  );

  it('give inputs that action.yml declares', () => {
    const given = snippets.filter(text => /^[ -]*with:/m.test(text)).flatMap(text => inputsIn(parse(text)));
    expect(given.length).toBeGreaterThan(50);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
  });

  it('read outputs that action.yml declares', () => {
    const outputs = snippets.flatMap(text =>
      [...text.matchAll(/steps\.(?:kafka|lint)\.outputs\.([\w-]+)/g)].map(([, output]) => output),
    );
    expect(outputs.length).toBeGreaterThan(10);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(outputs));
  });
});

describe('the French documentation', () => {
  it('has a page for every English one, except the rules and the decisions', () => {
    const english = globSync('docs/*.md').filter(page => page !== 'docs/rules.md');
    expect(globSync('docs/fr/*.md').toSorted()).toEqual(
      ['docs/README.md', ...english].map(page => page.replace('docs/', 'docs/fr/')).toSorted(),
    );
  });

  it.each(['concepts.md', 'cluster.md'])('has the same sections, tables and rows in %s', page => {
    const [english, french] = [read(`docs/${page}`), read(`docs/fr/${page}`)];
    const levels = (text: string) => headingsOf(text).map(({ level }) => level);
    expect(levels(french)).toEqual(levels(english));
    expect(levels(french).length).toBeGreaterThan(10);
    expect(tableShapes(french)).toEqual(tableShapes(english));
  });

  it('lists the same steps, with the same parts of the guide', () => {
    const steps = (page: string) =>
      rowsOf(page)
        .filter(cells => cells.length === 4 && /^(–|\d\/|prerequisites|prérequis)/.test(cells[0] ?? ''))
        .map(([guide, step]) => [guide?.replace('prerequisites', 'prérequis'), step]);
    expect(steps(read('docs/fr/steps.md'))).toEqual(steps(read('docs/steps.md')));
    expect(steps(read('docs/steps.md')).length).toBeGreaterThan(15);
  });
});
