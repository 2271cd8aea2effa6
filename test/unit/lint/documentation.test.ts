import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rulesPage } from '../../../script/rules-page.ts';
import { RULES } from '../../../src/lint/rules.ts';
import kafka from '../../../src/lint/settings/kafka.json' with { type: 'json' };
import schemaRegistry from '../../../src/lint/settings/schema-registry.json' with { type: 'json' };
import zookeeper from '../../../src/lint/settings/zookeeper.json' with { type: 'json' };

describe('docs/rules.md', () => {
  const page = readFileSync('docs/rules.md', 'utf8');

  it('is what the rules say', () => expect(page).toBe(rulesPage(RULES)));

  it('has links that lead somewhere', () => {
    const anchors = new Set(RULES.map(({ id }) => id));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(match => match[1]);
    expect(links.length).toBeGreaterThanOrEqual(RULES.length);
    for (const link of links) expect(anchors).toContain(link);
  });
});

describe('the lists of settings', () => {
  it('have their source and versions, and every name once', () => {
    const lists = [kafka, schemaRegistry, zookeeper];
    for (const { source, versions } of lists)
      expect([source.length > 20, versions.length > 0]).toEqual([true, true]);
    for (const names of [
      [...kafka.common, ...kafka.until3, ...kafka.since4],
      schemaRegistry.names,
      zookeeper.variables,
    ])
      expect(new Set(names).size).toBe(names.length);
    expect(kafka.common).toContain('advertised.listeners');
    expect(kafka.until3).toContain('zookeeper.connect');
    expect(kafka.common.length).toBeGreaterThan(250);
  });
});
