import { onTestFinished, vi } from 'vitest';

/** Catches what this process writes to its standard output until the test ends. @returns the lines so far */
export function capturedOutput(): () => string[] {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    text += String(chunk);
    return true;
  });
  onTestFinished(() => write.mockRestore());
  return () => text.split('\n').slice(0, -1);
}
