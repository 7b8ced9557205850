// One-time codes of the second factor (RFC 6238), each used once: products refuse a code that they have seen.
import { createHmac } from 'node:crypto';
import { MissedLook } from '../../../kit/errors.ts';
import type { Clock } from '../../../kit/io.ts';
import { duration } from '../../../kit/text.ts';

/** What a seed says: the key, and how codes are made from it. */
export interface Seed {
  key: Uint8Array;
  digits: number;
  algorithm: string;
  /** Seconds that a code lives. */
  period: number;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32; blanks, dashes and padding are passed over. Undefined for other characters. */
const base32 = (text: string): Uint8Array | undefined => {
  const letters = text.toUpperCase().replaceAll(/[\s=-]/g, '');
  const bits = [...letters].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  if (letters === '' || [...letters].some((letter) => !alphabet.includes(letter))) return undefined;
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return bytes.length === 0 ? undefined : Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
};

const algorithms: Record<string, string> = { SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' };

const fromUri = (text: string): Seed | undefined => {
  const { searchParams: query, host } = new URL(text);
  const key = base32(query.get('secret') ?? '');
  const algorithm = algorithms[(query.get('algorithm') ?? 'SHA1').toUpperCase()];
  const [digits, period] = [Number(query.get('digits') ?? 6), Number(query.get('period') ?? 30)];
  const isRight = host === 'totp' && [6, 7, 8].includes(digits) && Number.isInteger(period) && period > 0;
  return key && algorithm !== undefined && isRight ? { key, digits, algorithm, period } : undefined;
};

/** A base32 seed, or the `otpauth://totp/…` URI that its QR code holds. Undefined when it is neither. */
export const readSeed = (text: string): Seed | undefined => {
  if (text.startsWith('otpauth:')) return URL.canParse(text) ? fromUri(text) : undefined;
  const key = base32(text);
  return key && { key, digits: 6, algorithm: 'sha1', period: 30 };
};

/** The code of a time step: RFC 4226 5.3 over the number of the step. */
export const codeOf = ({ key, digits, algorithm }: Seed, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac(algorithm, key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
};

/** A code that ends while the request is under way is refused; RFC 6238 5.2 leaves servers the choice. */
const margin = 5000;

/** The codes of one account in one run. */
export interface Codes {
  /** Waits until an unused code lives long enough to be used. Throws a `MissedLook` when `left` milliseconds are too few. */
  ready(left: number, signal: AbortSignal): Promise<void>;
  /** The code; the next call gives the one of a later time step. */
  take(left: number, signal: AbortSignal): Promise<string>;
  /** Digits that are no code, to be refused. */
  madeUp(): string;
}

const tooLittleTime = (wait: number, left: number): MissedLook =>
  new MissedLook(
    'ours',
    'code_wait',
    `the code of this time step was used or is about to end: the next one begins in ${duration(wait)}, and the look has ${duration(Math.max(0, left))} left; give the check \`timeout: 45s\` and \`every: 30s\` or more`,
  );

/** Codes from a seed; each time step is used at most once, over all looks of a run. */
export const openCodes = (seed: Seed, clock: Clock): Codes => {
  const period = seed.period * 1000;
  let used = -1;
  const stepNow = (): number => Math.floor(clock.now() / period);
  const waitFor = (): number => {
    const now = clock.now();
    const end = (stepNow() + 1) * period;
    return stepNow() > used && end - now >= margin ? 0 : Math.max(end, (used + 1) * period) - now;
  };
  const ready = async (left: number, signal: AbortSignal): Promise<void> => {
    const wait = waitFor();
    if (wait === 0) return;
    if (wait > left) throw tooLittleTime(wait, left);
    // Timers may fire a little early.
    await clock.sleep(wait + 50, signal);
  };
  return {
    ready,
    take: async (left, signal) => {
      await ready(left, signal);
      used = Math.max(used + 1, stepNow());
      return codeOf(seed, used);
    },
    madeUp: () => {
      const random = Number.parseInt(crypto.randomUUID().slice(0, 8), 16);
      return String(random % 10 ** seed.digits).padStart(seed.digits, '0');
    },
  };
};
