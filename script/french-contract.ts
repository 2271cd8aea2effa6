import { parse } from 'yaml';
import type { Contract, Entry } from './generate-docs.ts';

/** Where the French texts are. */
export const FRENCH_FILE = 'docs/fr/action.fr.yml';

/** A description of action.yml and its translation, side by side, so that a changed original is noticed. */
interface Translation {
  readonly en?: string | null;
  readonly fr?: string | null;
}

interface FrenchFile {
  readonly groups?: Readonly<Record<string, string>> | null;
  readonly inputs?: Readonly<Record<string, Translation | null>> | null;
  readonly outputs?: Readonly<Record<string, Translation | null>> | null;
}

/**
 * The contract with French titles and descriptions; names and defaults stay those of action.yml.
 *
 * @param frenchYml text of docs/fr/action.fr.yml
 * @throws Error that names everything that is missing, superfluous or older than its original, a line each
 */
export function inFrench(contract: Contract, frenchYml: string): Contract {
  const french = (parse(frenchYml) ?? {}) as FrenchFile;
  const titles = french.groups ?? {};
  const inputs = contract.inputs.flatMap(({ entries }) => entries);
  const problems = [
    ...titleProblems(
      contract.inputs.map(({ title }) => title),
      titles,
    ),
    ...translationProblems('input', inputs, french.inputs ?? {}),
    ...translationProblems('output', contract.outputs, french.outputs ?? {}),
  ];
  if (problems.length > 0) throw new Error(problems.map(problem => `${FRENCH_FILE}: ${problem}`).join('\n'));
  const translated = (entry: Entry, texts: FrenchFile['inputs']): Entry => ({
    ...entry,
    description: texts?.[entry.name]?.fr ?? '',
  });
  return {
    inputs: contract.inputs.map(({ title, entries }) => ({
      title: titles[title] ?? title,
      entries: entries.map(entry => translated(entry, french.inputs)),
    })),
    outputs: contract.outputs.map(entry => translated(entry, french.outputs)),
  };
}

function titleProblems(titles: readonly string[], french: Readonly<Record<string, string>>): string[] {
  const missing = titles.filter(title => title !== '' && !french[title]);
  const superfluous = Object.keys(french).filter(title => !titles.includes(title));
  return [
    ...missing.map(title => `the group "${title}" of action.yml has no French title: add it below groups`),
    ...superfluous.map(title => `action.yml has no group "${title}" any more: remove it below groups`),
  ];
}

function translationProblems(
  kind: 'input' | 'output',
  entries: readonly Entry[],
  texts: Readonly<Record<string, Translation | null>>,
): string[] {
  const names = entries.map(({ name }) => name);
  const superfluous = Object.keys(texts).filter(name => !names.includes(name));
  return [
    ...entries.flatMap(({ name, description }) => {
      const { en, fr } = texts[name] ?? {};
      const original = JSON.stringify(description);
      if (!fr)
        return [
          `the ${kind} ${name} has no French text: add it below ${kind}s, with fr, and en: ${original}`,
        ];
      if (en === description) return [];
      return [
        `the ${kind} ${name} is described otherwise in action.yml now: bring fr up to date, and en: ${original}`,
      ];
    }),
    ...superfluous.map(name => `action.yml has no ${kind} ${name}: remove it below ${kind}s`),
  ];
}
