// HTTP headers as keys of a check: their values are masked in every output, but for those that are never secret.
import * as z from 'zod';
import { once } from './once.ts';

/** Ordinary words stand in these: masking `application/json` everywhere would make a report unreadable. */
const harmless = ['Accept', 'Accept-Language', 'Content-Type', 'Host', 'Origin', 'Referer', 'User-Agent'];

const plain = () => {
  const text = z.string().optional();
  return Object.fromEntries(harmless.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, text]));
};

/** Name → value. */
export const headersSchema = once(() =>
  z
    .object(plain())
    .catchall(z.string().meta({ secret: true }))
    .transform((headers) => headers as Record<string, string>),
);

/** Whether the values of this header are never secret. */
export const isHarmlessHeader = (name: string): boolean =>
  harmless.some((one) => one.toLowerCase() === name.toLowerCase());
