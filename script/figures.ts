import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Language, type ResultsFile, renderPage } from '../bench/table.ts';
import { type ScaleFile, type ScaleWords, scalePage } from './scale/page.ts';

/** The figures that the pages on performance show: what `script/bench … --json` wrote when they were measured last. */
const FOLDER = join(import.meta.dirname, '..', 'bench', 'results');
const WORDS = join(import.meta.dirname, '..', 'docs', 'fr', 'figures.fr.yml');

/** English texts of the rows, with their translation. */
const translations = new Map(
  (parse(readFileSync(WORDS, 'utf8')) as { en: string; fr: string }[]).map(({ en, fr }) => [en, fr]),
);

export const FRENCH: Language = {
  head: [
    ...['Quoi', 'Avant', 'Maintenant', 'Maintenant / avant'],
    ...['Référence', 'Maintenant / référence', 'Objectif', 'Atteint'],
  ],
  locale: 'fr-FR',
  ...{ yes: 'oui', no: 'non', colon: ' :', reference: 'la référence' },
  units: { s: 's', ms: 'ms', MiB: 'Mio', 'messages/s': 'par seconde', '': '' },
  circumstances: ({ day, cores, rounds, load }, figure) =>
    `Mesuré le ${new Date(day).toLocaleDateString('fr-FR', { dateStyle: 'long', timeZone: 'UTC' })} sur ${cores} cœurs, ` +
    `en ${rounds} ${rounds === 1 ? 'tour' : 'tours'} ; charge de l'ordinateur : de ${figure(load.min)} à ${figure(load.max)}.`,
  say: text => {
    const inFrench = translations.get(text);
    if (inFrench === undefined) throw new Error(`docs/fr/figures.fr.yml has no French for: ${text}`);
    return inFrench;
  },
};

/** The table of a file of results, and how it was measured. @param name of the file, without its ending */
export const figures = (name: string, language: Language): string =>
  renderPage(read(name) as ResultsFile, language);

/** The plot and the table by the number of machines: what `script/bench-scale --json` wrote when they were measured last. */
export const machineFigures = (text: ScaleWords, language: Language): string =>
  scalePage(read('machines') as ScaleFile, text, language);

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}
