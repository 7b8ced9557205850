// The harmless change of the `healthy` release: a friendlier heading.
import { type Greeting, greetByName } from '../service/account-page.ts';

/** `Welcome back, Ada`. */
export const greetWithWelcome: Greeting = (account) => `Welcome back, ${greetByName(account)}`;
