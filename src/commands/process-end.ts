// How the process ends: with the exit code of its work, and never with a 0 that the work did not give.

/** Milliseconds that something left open may hold the process back after its work is done. */
const patience = 2000;

/** Ends the process with what the work gives. A plugin that waits for nothing, or that ends the process itself, is a 1. */
export const endWith = (work: Promise<number>): void => {
  let over = false;
  process.exitCode = 1;
  process.once('beforeExit', () => {
    if (!over)
      process.stderr.write('holdpoint has no answer: it waits for something that never comes (in a plugin?)\n');
  });
  process.once('exit', (exitCode) => {
    if (over || exitCode !== 0) return;
    process.stderr.write('holdpoint has no answer: something ended its process with 0 (process.exit in a plugin?)\n');
    process.exitCode = 1;
  });
  void work.then((exitCode) => {
    over = true;
    // exitCode, not exit(): what still has to be written reaches its reader first.
    process.exitCode = exitCode;
    setTimeout(() => process.exit(), patience).unref();
  });
};
