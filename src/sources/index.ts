// The built-in sources, one line each.
import type { AnySource } from '../kit/source.ts';
import { json } from './json.ts';
import { log } from './log/index.ts';
import { prometheus } from './prometheus.ts';
import { scrape } from './scrape.ts';

export const sources: readonly AnySource[] = [scrape, prometheus, log, json];
