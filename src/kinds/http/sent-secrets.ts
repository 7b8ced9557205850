// What of a request nobody may see, should the service say it back.
import { isHarmlessHeader } from '../../kit/headers.ts';
import { parseJson } from './json-path.ts';
import type { Sent } from './evidence.ts';

const leavesOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
};

const bodyValues = ({ body = '', headers = {} }: Sent): string[] => {
  if (headers['content-type']?.includes('urlencoded')) return [...new URLSearchParams(body).values()];
  return [body, ...leavesOf(parseJson(body))];
};

/** `Bearer …`: the credentials may be said back without their scheme. */
const headerValues = (value: string): string[] => [value, value.split(' ').at(-1) ?? ''];

/** A plain word, like the `password` of a grant, helps to read an answer; what is known as a secret is masked anyway. */
const isWord = (value: string): boolean => /^[a-z_ -]{0,15}$/i.test(value);

/** Value → name. */
export const sentSecrets = (sent: Sent): Map<string, string> => {
  const headers = Object.entries(sent.headers ?? {}).filter(([name]) => !isHarmlessHeader(name));
  const all = [
    ...bodyValues(sent).map((value) => [value, 'sent'] as const),
    ...[...new URL(sent.url).searchParams].map(([name, value]) => [value, name] as const),
    ...headers.flatMap(([name, value]) => headerValues(value).map((one) => [one, name] as const)),
  ];
  return new Map(all.filter(([value]) => !isWord(value)));
};
