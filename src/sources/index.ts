// The built-in sources, one line each.
import type { AnySource } from '../kit/source.ts';
import { json } from './json.ts';
import { log } from './log/index.ts';
import { prometheus } from './prometheus.ts';
import { scrape } from './scrape.ts';

/** All built-in sources by name; each is made when it is asked for. */
export const sources: Readonly<Record<string, () => AnySource>> = {
  scrape: () => scrape,
  prometheus: () => prometheus,
  log: () => log,
  json: () => json,
};
