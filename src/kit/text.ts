// How numbers stand in sentences: the same everywhere.

/** 0.0115 → `1.15 %`; two digits after the point below 10 %, one below 100 %. */
export const percent = (share: number): string => {
  const value = share * 100;
  const digits = value === 0 || value >= 99.95 ? 0 : value < 10 ? 2 : 1;
  return `${trimZeros(value.toFixed(digits))} %`;
};

/** Milliseconds → `450 ms`, `1.2 s`, `90 s`, `15 min`, `2 h`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${trimZeros((ms / 1000).toFixed(1))} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${trimZeros((ms / 3_600_000).toFixed(1))} h`;
};

/** 12345 → `12,345`. Without Intl, whose first use holds the event loop up for 15 ms in the middle of a measurement. */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 request`, `7 requests`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${Math.round(value) === 1 ? one : many}`;

/** Cuts a long text in the middle of nothing: keeps the start, says how much is missing. Redact before you cut. */
export const clip = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${count(text.length - length)} more characters)`;

/** ISO 8601 in UTC. */
export const isoTime = (at: number): string => new Date(at).toISOString();

/** An ISO time for people: `2026-11-21 22:10 UTC`. */
export const minuteOf = (time: string): string => `${time.slice(0, 16).replace('T', ' ')} UTC`;

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);
