// How much of its own history a source gives as a baseline.
import * as z from 'zod';
import { positiveDuration } from '../kit/units.ts';

/** Beside the settings of a source that knows the time before the deploy. */
export const historySettings = () => ({
  /** The window right before the deploy; a day where it holds less than 10 requests per second. */
  before: positiveDuration().default(30 * 60_000),
  /** Also looks at the same window a week ago, and takes the one with the higher rate. */
  lastWeek: z.boolean().default(false),
});
