// The mistake of the `error-spike` release: it takes for granted that every account has a display name. One in five has none.
import type { Greeting } from '../service/account-page.ts';

/** `A. L.` for Ada Lovelace; throws a TypeError for an account without a display name. */
export const greetByInitials: Greeting = (account) =>
  (account.displayName as string)
    .split(' ')
    .map((word) => `${word[0]}.`)
    .join(' ');
