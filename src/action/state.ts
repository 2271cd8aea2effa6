/** What a run leaves for its post step, by name. GITHUB_STATE is a file on the runner: nothing in it may be secret. */
export const STATE = {
  /** The sentence that a run ends with. */
  verdict: 'verdict',
  result: 'result',
  /** Path of the report. */
  report: 'report',
  /** A TunnelState, as JSON. */
  tunnel: 'tunnel',
} as const;
