// The wobble of the `flaky` release: one account's sign-ins number 5, 25, 45 … since the start fail, nobody else's do.
import type { Authenticate } from '../service/login.ts';

/** Like a cache entry that expires under one request in twenty: the sign-in that hits it is answered 500. */
export const wobblingAuthentication = (username: string, authenticate: Authenticate): Authenticate => {
  let signIns = 0;
  return async (fields) => {
    const account = await authenticate(fields);
    if (account?.username !== username) return account;
    signIns += 1;
    if (signIns % 20 === 5)
      throw new Error(`the profile of ${username} expired in the cache during sign-in ${signIns}`);
    return account;
  };
};
