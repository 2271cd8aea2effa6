import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContract } from '../../../script/contract.ts';
import { contractInFrench } from '../../../script/french-contract.ts';

const contract = readContract(`
inputs:
  # Connection
  host: { description: Name., required: true }
  port: { description: Port., default: "22" }
outputs:
  result: { description: Verdict. }
`);
const french = `
groups: { Connection: Connexion }
inputs:
  host: { en: Name., fr: Nom. }
  port: { en: Port., fr: Port SSH. }
outputs:
  result: { en: Verdict., fr: Le verdict. }
`;
const problemsOf = (yml: string) => {
  try {
    return contractInFrench(contract, yml);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('contractInFrench', () => {
  it('takes titles and descriptions from the French file, names and defaults from action.yml', () => {
    expect(contractInFrench(contract, french)).toEqual({
      inputs: [
        {
          title: 'Connexion',
          entries: [
            { name: 'host', description: 'Nom.', required: true, fallback: '' },
            { name: 'port', description: 'Port SSH.', required: false, fallback: '22' },
          ],
        },
      ],
      outputs: [{ name: 'result', description: 'Le verdict.', required: false, fallback: '' }],
    });
  });

  it('tells everything that is missing at once', () => {
    expect(problemsOf('inputs:\n  host:\n')).toEqual([
      'docs/fr/action.fr.yml: the group "Connection" of action.yml has no French title: add it below groups',
      'docs/fr/action.fr.yml: the input host has no French text: add it below inputs, with fr, and en: "Name."',
      'docs/fr/action.fr.yml: the input port has no French text: add it below inputs, with fr, and en: "Port."',
      'docs/fr/action.fr.yml: the output result has no French text: add it below outputs, with fr, and en: "Verdict."',
    ]);
  });

  it('tells what action.yml does not have', () => {
    const more = french.replace('inputs:', 'inputs:\n  colour: { en: Colour., fr: Couleur. }');
    expect(problemsOf(more.replace('Connexion', 'Connexion, Rest: Reste'))).toEqual([
      'docs/fr/action.fr.yml: action.yml has no group "Rest" any more: remove it below groups',
      'docs/fr/action.fr.yml: action.yml has no input colour: remove it below inputs',
    ]);
  });

  it('tells a translation that is older than its original', () => {
    expect(problemsOf(french.replace('en: Verdict.', 'en: Result.'))).toEqual([
      'docs/fr/action.fr.yml: the output result is worded otherwise in action.yml now: ' +
        'bring fr up to date, and en: "Verdict."',
    ]);
  });

  it('has every input and output of action.yml', () => {
    const whole = readContract(readFileSync('action.yml', 'utf8'));
    const { inputs, outputs } = contractInFrench(whole, readFileSync('docs/fr/action.fr.yml', 'utf8'));
    for (const { description } of [...inputs.flatMap(({ entries }) => entries), ...outputs])
      expect(description).toMatch(/^.*\.$/s);
  });
});
