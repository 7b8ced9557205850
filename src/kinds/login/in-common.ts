// What all checks of a run that sign the same account in share: how often it was refused, and the codes that were used.
import type { World } from '../../kit/kind.ts';
import { placesOf } from '../http/target.ts';
import { type Account, openAccount } from './account.ts';
import { type Codes, openCodes } from './flows/totp.ts';
import type { LoginSpec } from './spec.ts';

/** What all checks that sign the same account in have in common. */
export interface InCommon {
  account: Account;
  codes: Codes | undefined;
  release(): Promise<void>;
}

/** Two checks may use one account: its refusals count together, and no code is sent twice. Release it. */
export const openInCommon = async (spec: LoginSpec, { shared, io }: World): Promise<InCommon> => {
  const { username, totp } = spec.account;
  const hosts = placesOf(spec).map(({ base }) => new URL(base).host);
  const closable = <T>(value: T) => ({ value, close: async () => undefined });
  const account = await shared(`account:${hosts.sort().join(',')}:${username}`, async () => closable(openAccount()));
  const seed = totp && Buffer.from(totp.key).toString('hex');
  const codes = totp && (await shared(`codes:${seed}`, async () => closable(openCodes(totp, io.clock))));
  return {
    account: account.value,
    codes: codes?.value,
    release: async () => {
      await codes?.release();
      await account.release();
    },
  };
};
