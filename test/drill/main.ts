import { GROUPS } from './groups.ts';
import type { DrillCase, DrillGroup } from './support/drill-case.ts';
import { type CaseResult, runGroup } from './support/run-group.ts';

/**
 * Makes situations on machines of the lab and holds what the built action says against what is right.
 *
 *   node test/drill/main.ts [--list | --quick | CASE or GROUP…]
 */
const wanted = process.argv.slice(2);
const isQuick = wanted.includes('--quick');
/** One machine serves all of the quick cases. */
const QUICK: DrillGroup = {
  name: 'quick',
  machine: 'deployed',
  cases: GROUPS.flatMap(({ cases }) => cases.filter(({ quick }) => quick)),
};
const isWanted = (group: string, { name }: DrillCase) =>
  isQuick || wanted.length === 0 || wanted.includes(name) || wanted.includes(group);

const known = new Set([
  '--list',
  '--quick',
  ...GROUPS.flatMap(({ name, cases }) => [name, ...cases.map(each => each.name)]),
]);
const unknown = wanted.filter(name => !known.has(name));
if (unknown.length > 0) {
  console.error(`[drill] there is no case or group ${unknown.join(', ')}; script/drill --list shows them`);
  process.exit(2);
}
if (wanted.includes('--list')) {
  for (const { name, cases } of GROUPS)
    for (const each of cases) console.log(`${name}\t${each.name}\t${each.situation}`);
  process.exit(0);
}

const results: CaseResult[] = [];
function show(result: CaseResult): void {
  results.push(result);
  const { name, tookS, seen, faults } = result;
  console.log(`[drill] ${faults.length === 0 ? '✔' : '✘'} ${name} (${tookS.toFixed(1)} s): ${seen}`);
  for (const fault of faults) console.log(`[drill]     ${fault}`);
}
const startedAt = performance.now();
for (const group of isQuick ? [QUICK] : GROUPS) {
  const cases = group.cases.filter(each => isWanted(group.name, each));
  if (cases.length === 0) continue;
  console.log(
    `\n[drill] ${group.name}: ${cases.length} cases (${Math.round((performance.now() - startedAt) / 1000)} s)`,
  );
  const before = results.length;
  try {
    // Tests run on machines that are busy: only a drill judges the seconds.
    await runGroup(group, cases, { judgesTime: !isQuick, onResult: show });
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    const missed = cases.slice(results.length - before);
    results.push(
      ...missed.map(({ name, right }) => ({ name, right, seen: 'not tried', tookS: 0, faults: [reason] })),
    );
    console.log(`[drill] ✘ ${group.name}: ${reason}`);
  }
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
console.log('\n| case | right | seen | seconds | |\n| --- | --- | --- | ---: | --- |');
for (const { name, right, seen, tookS, faults } of results) {
  const verdict = faults.length === 0 ? '✔' : `✘ ${faults.join('; ')}`;
  console.log(`| ${[name, right, seen, tookS.toFixed(1), verdict].map(cell).join(' | ')} |`);
}
const failed = results.filter(({ faults }) => faults.length > 0).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
