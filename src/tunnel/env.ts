/** What a proxy command and the runner's own clean-up need, and where nobody puts a secret. */
const ALWAYS = new Set([
  ...['PATH', 'HOME', 'USER', 'LANG', 'RUNNER_TRACKING_ID'],
  // On Windows.
  ...['Path', 'SystemRoot', 'ComSpec', 'USERPROFILE', 'TEMP', 'TMP'],
]);

/**
 * The environment of the tunnel: that of the action without its inputs and state, and without any variable that holds a
 * secret, as a job's own `env` may.
 */
export function tunnelEnv(
  env: NodeJS.ProcessEnv,
  holdsSecret: (text: string) => boolean,
): Record<string, string> {
  const entries = Object.entries(env).filter(
    ([name, value = '']) => ALWAYS.has(name) || (!/^(INPUT|STATE)_/.test(name) && !holdsSecret(value)),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
