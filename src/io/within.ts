// A wait with an end: what takes too long is given up, and told as such.

/** Waits at most `ms`; then `giveUp` is called and the wait ends with a `TimeoutError`. */
export const within = async <T>(work: Promise<T>, ms: number, giveUp: () => void): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      giveUp();
      reject(new DOMException('too late', 'TimeoutError'));
    }, ms);
  });
  // The work ends, too, once its socket is gone; by then nobody listens.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
