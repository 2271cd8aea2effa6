import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outsideOfCode } from '../report/markdown-reading.ts';

/** Targets of the links and images of a page, in their order. */
function linksOf(markdown: string): string[] {
  const text = outsideOfCode(markdown).replaceAll(/`[^`]*`/g, '');
  return [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
}

/** What `#…` may name in a page: its headings, as GitHub names them, and its `<a id="…">`. */
export function anchorsOf(markdown: string): Set<string> {
  const text = outsideOfCode(markdown);
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id ?? ''));
  const seen = new Map<string, number>();
  for (const { title } of headingsOf(markdown)) {
    const slug = slugOf(title);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

export function headingsOf(markdown: string): { readonly level: number; readonly title: string }[] {
  return [...outsideOfCode(markdown).matchAll(/^(#{1,6}) +(.+?) *#*$/gm)].map(([, signs, title]) => ({
    level: signs?.length ?? 0,
    title: title ?? '',
  }));
}

/** Lower case, without punctuation, with hyphens for spaces (html-pipeline, TableOfContentsFilter). */
const slugOf = (title: string): string =>
  title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');

/**
 * @param root folder of the repository
 * @param page path of a Markdown file below it
 * @returns what is wrong with its relative links, a sentence each
 */
export function brokenLinks(root: string, page: string): string[] {
  const links = linksOf(readFileSync(join(root, page), 'utf8'));
  const anchors = new Map<string, Set<string>>();
  const anchorsIn = (file: string) => {
    const known = anchors.get(file) ?? anchorsOf(readFileSync(join(root, file), 'utf8'));
    anchors.set(file, known);
    return known;
  };
  return links
    .filter(target => !/^[a-z]+:/i.test(target))
    .flatMap(target => {
      const [path = '', anchor] = target.split('#').map(decodeURIComponent);
      const file = path === '' ? page : join(dirname(page), path);
      if (file.startsWith('..') || !existsSync(join(root, file)))
        return [`${page}: ${target} leads to no file`];
      if (anchor === undefined) return [];
      if (statSync(join(root, file)).isFile() && anchorsIn(file).has(anchor)) return [];
      return [`${page}: ${target} leads to no heading of ${file}`];
    });
}
