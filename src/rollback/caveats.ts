// What going back leaves as it is, as the platform tells it: said before anybody agrees.
import type { RollbackTools } from '../kit/index.ts';
import { bounded } from './bounded.ts';
import type { Way } from './course.ts';

/** That it cannot be known is a sentence of its own, and no reason to stay on a bad release. */
export const caveatsOf = async (
  way: Way,
  { platform, signal, io: { clock }, redact }: Pick<RollbackTools, 'platform' | 'signal' | 'io' | 'redact'>,
): Promise<string[]> => {
  try {
    const bounds = { clock, ms: 10_000, grace: 2000, signal };
    const caveats = await bounded(bounds, async (stop) => platform.caveats?.(way, stop));
    return (caveats ?? []).map(redact);
  } catch (error) {
    return [redact(`what going back leaves as it is could not be told: ${(error as Error).message}`)];
  }
};
