import { parse } from 'yaml';
import type { Contract, Entry } from './contract.ts';
import { refuseProblems, type Translation, translationProblems } from './translations.ts';

/** Where the French texts of action.yml are. */
export const FRENCH_CONTRACT_FILE = 'docs/fr/action.fr.yml';

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
export function contractInFrench(contract: Contract, frenchYml: string): Contract {
  const french = (parse(frenchYml) ?? {}) as FrenchFile;
  const titles = french.groups ?? {};
  const inputs = contract.inputs.flatMap(({ entries }) => entries);
  refuseProblems(FRENCH_CONTRACT_FILE, [
    ...titleProblems(
      contract.inputs.map(({ title }) => title),
      titles,
    ),
    ...entryProblems('input', inputs, french.inputs ?? {}),
    ...entryProblems('output', contract.outputs, french.outputs ?? {}),
  ]);
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

function entryProblems(
  kind: 'input' | 'output',
  entries: readonly Entry[],
  texts: Readonly<Record<string, Translation | null>>,
): string[] {
  const names = entries.map(({ name }) => name);
  const superfluous = Object.keys(texts).filter(name => !names.includes(name));
  return [
    ...entries.flatMap(({ name, description }) => {
      const original = {
        what: `the ${kind} ${name}`,
        text: description,
        source: 'action.yml',
        place: `${kind}s`,
      };
      return translationProblems(original, texts[name]);
    }),
    ...superfluous.map(name => `action.yml has no ${kind} ${name}: remove it below ${kind}s`),
  ];
}
