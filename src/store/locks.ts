// Locks as claims: everyone writes a claim of their own, looks for others, and steps back when there is one.
import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Io, isoTime, type Lease, type LockHolder } from '../kit/index.ts';
import { type Claim, readClaim } from './formats.ts';

/**
 * A holder on another host cannot be looked at. It counts as gone after so long (milliseconds): far longer than the
 * deadlines of a run together (15 min roll-out, 5 min hold, 15 min rollback by default).
 */
const longestHold = 6 * 3_600_000;

/** Two that claim at the same moment both step back and try again, so often. */
const tries = 6;

/**
 * Takes the lock whose claims stand in `folder`, or says who holds it. A claim is written before the others are read:
 * of two claimants at least one sees the other, so that never both hold. A claim has a name of its own, so that
 * removing the claim of a dead process can never hit the claim of a living one.
 */
export const takeLock = async (io: Io, folder: string, owner: string): Promise<Lease | { heldBy: LockHolder }> => {
  const path = join(folder, `${randomUUID()}.json`);
  const self = await io.processes.self();
  const claim: Claim = { owner, ...self, since: isoTime(io.clock.now()), holds: false };
  for (let attempt = 1; ; attempt += 1) {
    await io.files.write(path, JSON.stringify(claim));
    const others = await livingClaims(io, folder, path);
    const [rival] = others;
    if (!rival) return lease(io, path, claim);
    await io.files.remove(path);
    const holder = others.find(({ holds }) => holds) ?? (attempt < tries ? undefined : rival);
    if (holder) return { heldBy: holderOf(holder) };
    await io.clock.sleep(randomInt(10, 60) * attempt);
  }
};

const lease = async (io: Io, path: string, claim: Claim): Promise<Lease> => {
  await io.files.write(path, JSON.stringify({ ...claim, holds: true }));
  return { release: () => io.files.remove(path) };
};

const holderOf = ({ owner, pid, host, since }: Claim): LockHolder => ({ owner, pid, host, since });

const livingClaims = async (io: Io, folder: string, own: string): Promise<Claim[]> => {
  const names = (await io.files.list(folder)).filter((name) => name.endsWith('.json'));
  const paths = names.map((name) => join(folder, name)).filter((path) => path !== own);
  const claims = await Promise.all(paths.map((path) => livingClaim(io, path)));
  return claims.filter((claim) => claim !== undefined).sort((a, b) => a.since.localeCompare(b.since));
};

/** The claim of a process that is gone is cleared away. One that cannot be read holds: better locked than both. */
const livingClaim = async (io: Io, path: string): Promise<Claim | undefined> => {
  const text = await io.files.readIfExists(path);
  if (text === undefined) return undefined;
  const read = readClaim(text);
  if ('problem' in read) return unreadable(path);
  if (await stands(io, read.value)) return read.value;
  await io.files.remove(path);
  return undefined;
};

const unreadable = (path: string): Claim => ({
  owner: `a claim that cannot be read (remove ${path} if nothing runs)`,
  pid: 0,
  host: 'unknown',
  since: isoTime(0),
  holds: true,
});

const stands = async (io: Io, { pid, host, started, since }: Claim): Promise<boolean> => {
  const running = await io.processes.isRunning({ pid, host, ...(started === undefined ? {} : { started }) });
  return running === 'unknown' ? io.clock.now() - Date.parse(since) < longestHold : running === 'yes';
};
