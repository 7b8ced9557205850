// A process of the lab ends when the lab does: orderly on SIGTERM or SIGINT, and when the pipe on its stdin closes.

/**
 * Calls `close` once and exits 0; exits with 1 when `close` fails or takes longer than `graceMs`.
 * Returns the same ending for the process's own use.
 */
export const endWithParent = (close: () => Promise<void>, graceMs = 500): (() => void) => {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdin.once('end', end).once('error', end).resume();
  return end;
};
