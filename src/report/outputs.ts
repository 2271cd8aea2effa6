import { changedSteps, plannedSteps, type Report } from './report.ts';

/** The outputs that action.yml declares, apart from `report`, which is where the JSON was written. */
export function outputsOf(report: Report): Record<string, string> {
  const { runnerClients, hostClients, drill, lint, failure } = report;
  const counts = runnerClients?.counts;
  const latency = runnerClients?.latencyMs;
  const text = (value: number | undefined) => (value === undefined ? '' : `${value}`);
  const milliseconds = (value: number | undefined) => (value === undefined ? '' : value.toFixed(1));
  return {
    result: report.result,
    'messages-produced': text(counts?.acknowledged),
    'messages-consumed': text(counts?.consumed),
    'messages-lost': text(counts?.lost),
    'messages-unread': text(counts?.unread),
    'messages-unknown': text(counts?.unknown),
    'messages-duplicated': text(counts?.duplicated),
    'messages-out-of-order': text(counts?.outOfOrder),
    'messages-corrupted': text(counts?.corrupted),
    'host-messages-produced': text(hostClients?.produced),
    'host-messages-consumed': text(hostClients?.consumed),
    'latency-p50-ms': milliseconds(latency?.p50),
    'latency-p95-ms': milliseconds(latency?.p95),
    'latency-p99-ms': milliseconds(latency?.p99),
    'latency-max-ms': milliseconds(latency?.max),
    throughput: runnerClients?.throughput?.toFixed(1) ?? '',
    'drill-messages-lost': text(drill?.traffic?.counts.lost),
    'drill-longest-pause-ms': milliseconds(drill?.longestPauseMs),
    'drill-in-sync-after-ms': milliseconds(drill?.inSyncAfterMs),
    'bootstrap-servers': report.bootstrapServers.join(','),
    'schema-registry-url': report.schemaRegistryUrl ?? '',
    'tunnel-log': report.tunnel?.log ?? '',
    findings: text(lint && lint.errors + lint.warnings),
    errors: text(lint?.errors),
    warnings: text(lint?.warnings),
    changed: changedSteps(report).join(','),
    planned: plannedSteps(report).join(','),
    environments: report.environments ? JSON.stringify(report.environments) : '',
    'failed-step': failure?.step ?? '',
    'error-code': failure?.code ?? '',
    'duration-ms': `${Math.round(report.durationMs)}`,
  };
}
