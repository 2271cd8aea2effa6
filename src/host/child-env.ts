/** The environment for child processes: without the inputs, among which are secrets. */
export function withoutInputs(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    ([name, value]) => value !== undefined && !name.startsWith('INPUT_'),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
