// Asks the lab's supervisor to restart the service from the `current` link; resolves when it answers again.

/** Throws with the supervisor's sentence when the service did not come up. */
export const requestRestart = async (url: string): Promise<void> => {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`the restart failed: ${text}`);
};
