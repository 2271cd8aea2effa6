import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    pool: 'threads',
    // The tests mostly wait for processes and sockets.
    maxWorkers: 4,
    // Work that takes no time alone may take some beside a lab that starts.
    testTimeout: 15_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
      // src/action/run.ts runs in a process of its own, where nobody counts; steps/topic.ts needs a Kafka: the lab's.
      thresholds: { statements: 94, branches: 91, functions: 92, lines: 94 },
    },
  },
});
