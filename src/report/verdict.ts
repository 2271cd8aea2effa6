import { plural } from './figures.ts';
import { changedSteps, plannedSteps, type Report, type Sweep } from './report.ts';

/** What a run came to, in one sentence for the log. */
export function verdictOf(report: Report): string {
  const { failure, lint, mode } = report;
  if (failure) return `Failed at ${failure.step}: ${failure.code}: ${failure.message}`;
  if (mode === 'lint' && lint) return `Passed: ${lint.files.join(', ')}: ${lintCounts(lint)}.`;
  if (report.sweep) return `${mode === 'plan' ? 'Plan' : 'Passed'}: ${swept(report.sweep)}.`;
  if (mode === 'plan') return `Plan: ${planned(report)}.`;
  if (mode === 'down') return `Passed: ${removed(report)}.`;
  const { hostClients, runnerClients } = report;
  const counts = [
    hostClients && `${hostClients.consumed} of ${hostClients.produced} on the machine`,
    runnerClients &&
      `${runnerClients.counts.consumed} of ${runnerClients.counts.acknowledged} from the runner`,
  ];
  return `Passed: every message came back, ${counts.filter(Boolean).join(' and ')}.`;
}

/** `2 errors, 1 warning`, what was fixed, and what comments switched off. */
export function lintCounts({ errors, warnings, fixed, ignored }: NonNullable<Report['lint']>): string {
  const found = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  const rest = [fixed.length > 0 && `${fixed.length} fixed`, ignored > 0 && `${ignored} switched off`];
  return [found, ...rest.filter(Boolean)].join('; ');
}

/** What a plan comes to. */
export function planned(report: Report): string {
  const steps = plannedSteps(report);
  if (steps.length === 0) return 'a deployment would change nothing';
  return `a deployment would change the machine in ${plural(steps.length, 'step')} (${steps.join(', ')})`;
}

/** What mode `down` came to. */
export function removed(report: Report): string {
  const steps = changedSteps(report);
  return steps.length === 0 ? 'nothing was there to take down' : `taken down: ${steps.join(', ')}`;
}

/** What a sweep came to, or would. */
export function swept({ environments }: Sweep): string {
  const gone = environments.filter(({ end }) => end === 'gone' || end === 'would-go');
  const all = plural(environments.length, 'environment');
  if (gone.length === 0) return `no environment is to be taken down, ${all} on the machine`;
  const verb = gone.some(({ end }) => end === 'would-go') ? 'would be taken down' : 'taken down';
  return `${gone.length} of ${all} ${verb} (${gone.map(({ environment }) => environment).join(', ')})`;
}
