import { defineConfig } from 'vitest/config';

// The tests of a file build on each other, and the machine has few cores: they run one after the other.
export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 600_000,
    hookTimeout: 2_400_000,
    setupFiles: 'test/integration/support/first-failure.ts',
    globalSetup: 'test/integration/support/global-setup.ts',
  },
});
