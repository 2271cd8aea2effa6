import type { ActionRun } from '../../../script/run-action.ts';
import type { Ending } from './drill-case.ts';

/** What is wrong with how a run ended; nothing when it is right. */
export function faultsOf(run: ActionRun, tookS: number, ends: Ending, withinS: number): string[] {
  const { result = '', code = '', says = [], neverSays = [], outputs = {} } = ends;
  const wanted = { ...(result === 'either' ? {} : { result, 'error-code': code }), ...outputs };
  const differing = Object.entries(wanted).filter(([name, value]) => (run.outputs[name] ?? '') !== value);
  return [
    ...differing.map(([name, value]) => `${name} is "${run.outputs[name] ?? ''}", not "${value}"`),
    ...says.filter(pattern => !pattern.test(run.log)).map(pattern => `the log does not say ${pattern}`),
    ...neverSays.filter(pattern => pattern.test(run.log)).map(pattern => `the log says ${pattern}`),
    ...(tookS > withinS ? [`it took ${tookS.toFixed(1)} s, more than ${withinS} s`] : []),
  ];
}

/** How a run ended, in one line. */
export function endingOf(run: ActionRun): string {
  const { result = `exit code ${run.exitCode}`, 'error-code': code } = run.outputs;
  const message = /^::error[^:]*::(.*)$/m.exec(run.log)?.[1]?.replace(/%0A.*$/, '');
  return [result, code, message].filter(Boolean).join(': ');
}
