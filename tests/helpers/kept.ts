// Closes what a test has opened when the test is over, the newest first.
import { afterEach } from 'vitest';

/** Called once at the top of a file; what is handed to the result is closed after the test. */
export const closedAfterEach = (): (<T extends { close(): Promise<void> }>(resource: T) => T) => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  return (resource) => {
    closers.push(() => resource.close());
    return resource;
  };
};
