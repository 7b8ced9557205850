// Password hashes: scrypt with a salt each. N=4096 keeps a login at about 10 ms of CPU, so that two cores carry the lab.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N: 4096 }, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** `salt:key`, both in hex. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await derive(password, salt)).toString('hex')}`;
};

/** Whether `password` belongs to `hash`; compares in constant time. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  const [salt, key] = hash.split(':');
  if (!salt || !key) throw new Error('a password hash is not salt:key');
  const expected = Buffer.from(key, 'hex');
  const given = await derive(password, Buffer.from(salt, 'hex'));
  return given.length === expected.length && timingSafeEqual(given, expected);
};
