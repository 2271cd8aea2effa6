/** What a run leaves for its post step, by name. GITHUB_STATE is a file on the runner: nothing in it may be secret. */
export const STATE = {
  /** Under which the run holds the machine: if it is killed, the post step gives back what it held. */
  runId: 'run-id',
  /** Set when a deployment begins on the machine: from then on there may be something to take down. */
  deploying: 'deploying',
  /** The sentence that a run ends with. */
  verdict: 'verdict',
  /** Not set by a run that was killed. */
  result: 'result',
  /** Path of the report. */
  report: 'report',
  /** ShownKeys, as JSON: the post step meets the same machine, or none. */
  hostKeys: 'host-keys',
  /** A TunnelState, as JSON. */
  tunnel: 'tunnel',
} as const;
