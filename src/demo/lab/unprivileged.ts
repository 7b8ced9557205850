// Postgres refuses to run as root: finds an account of this machine that it may run as. No account is created.
import { readFileSync } from 'node:fs';
import { UsageError } from '../../kit/errors.ts';
import type { RunAs } from './children.ts';

interface Entry {
  name: string;
  uid: number;
  gid: number;
}

const entries = (passwd: string): Entry[] =>
  passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ name, uid, gid }) => name !== '' && uid > 0 && gid >= 0);

/**
 * Ourselves when we are not root; else `nobody`, else the first account of `passwd` that is not root.
 * It needs an entry there: initdb looks the name of its user up.
 */
export const unprivileged = (uid: number | undefined, passwd: () => string): RunAs => {
  if (uid !== 0) return {};
  const accounts = entries(passwd());
  const account = accounts.find(({ name }) => name === 'nobody') ?? accounts[0];
  if (!account)
    throw new UsageError(
      'Postgres does not run as root and /etc/passwd has no other account; run the demo as an ordinary user',
    );
  return { uid: account.uid, gid: account.gid };
};

/** For this process, on this machine. */
export const unprivilegedHere = (): RunAs =>
  unprivileged(process.getuid?.(), () => readFileSync('/etc/passwd', 'utf8'));
