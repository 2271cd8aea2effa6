import type { Edit, Finding } from './rule.ts';

/**
 * Tells every cause once, with its places: the same variable in three brokers is one mistake. The first place is the finding's own;
 * what its safe fixes and its proposals are, all of them together are.
 * @param findings in the order in which they are told
 */
export function onceEachCause(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, causeOf).values()].flatMap(joined);
}

function causeOf({ ruleId, severity, place, cause, message, hint, edits }: Finding): string {
  // What is fixed and what is only proposed stay apart: a fix is made for all of a finding or not at all.
  const kind = [ruleId, severity, edits !== undefined && place.file];
  if (cause !== undefined) return JSON.stringify([...kind, 'cause', cause]);
  if (severity === 'warning') return JSON.stringify([...kind, message, hint]);
  return JSON.stringify([...kind, place.file, place.start, place.end]);
}

/** Findings whose fix is one, such as a version for all images of a platform, bring the same edits. */
const withoutRepeats = (edits: readonly Edit[]): Edit[] => [
  ...new Map(edits.map(edit => [JSON.stringify(edit), edit])).values(),
];

function joined([first, ...others]: readonly Finding[]): Finding[] {
  if (!first) return [];
  const here = ({ place: { file, start } }: Finding) => `${file} ${start}`;
  // Every service that uses an anchor reads the same text.
  const elsewhere = new Map(
    others.filter(other => here(other) !== here(first)).map(other => [here(other), other]),
  );
  const all = [first, ...elsewhere.values()];
  if (all.length === 1) return [first];
  const proposals = new Set(all.flatMap(({ proposal }) => proposal ?? []));
  return [
    {
      ...first,
      also: [...elsewhere.values()].map(({ place }) => place),
      edits: first.edits && withoutRepeats(all.flatMap(({ edits }) => edits ?? [])),
      proposal: proposals.size === 0 ? undefined : [...proposals].join('\n'),
    },
  ];
}
