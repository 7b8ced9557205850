// The test projects: `unit` is pure code and takes seconds; `integration` uses real servers, processes and whole runs.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/integration/**', 'tests/scenarios/**', '**/node_modules/**', '**/fixtures/**'],
          // No module has state of its own, so that files may share a process: the modules are then loaded once, not once
          // per file, which was more than half of the time. A test that needs a process of its own is an integration test.
          isolate: false,
          // All cores: vitest would leave one free for a person who waits for nothing else.
          maxWorkers: '100%',
          unstubEnvs: true,
          restoreMocks: true,
          // For a machine that has much else to do: the first command of all loads half of the program.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/scenarios/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/fixtures/**'],
          // Installs the servers that are missing, once.
          globalSetup: ['tests/servers/setup.ts'],
          // Real servers and load generators share two cores: one file at a time keeps their timings honest.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
    ],
  },
});
