// The settings of the built-in sources.
import * as z from 'zod';
import { headersSchema } from '../kit/headers.ts';
import { isPointer } from '../kit/pointer.ts';
import { positiveDuration, secretUrl } from '../kit/units.ts';
import { historySettings } from './history-settings.ts';

const isHttpUrl = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const pageUrl = () => secretUrl().refine(isHttpUrl, 'must be an http or https URL like http://10.0.0.11:9100/metrics');

/** Where pages are and how they are asked for. */
const pages = {
  /** The page of the one instance. */
  url: pageUrl().optional(),
  /** One page per instance: a list, or a map name → URL. */
  urls: z.union([z.array(pageUrl()).min(1), z.record(z.string(), pageUrl())]).optional(),
  headers: headersSchema().prefault({}),
  /** For each page. */
  timeout: positiveDuration().default(2000),
};

const namesPages = ({ url, urls }: { url?: unknown; urls?: unknown }): boolean =>
  (url === undefined) !== (urls === undefined);

/** The settings of `scrape`. */
export const scrapeSettings = z
  .strictObject(pages)
  .refine(namesPages, 'needs one of url, urls')
  .meta({ choices: [['url', 'urls']] });

export type ScrapeSettings = z.output<typeof scrapeSettings>;

/** The settings of `json`. */
export const jsonSettings = z
  .strictObject({
    ...pages,
    /** Where a document says when its process began, in epoch seconds. */
    startedAt: z.string().refine(isPointer, 'must be a JSON pointer like /process/startedAt').optional(),
  })
  .refine(namesPages, 'needs one of url, urls')
  .meta({ choices: [['url', 'urls']] });

export type JsonSettings = z.output<typeof jsonSettings>;

/** The settings of `prometheus`. */
export const prometheusSettings = z.strictObject({
  /** Base URL of the server, without /api/v1. */
  url: secretUrl().refine(isHttpUrl, 'must be an http or https URL like http://prometheus:9090'),
  headers: headersSchema().prefault({}),
  timeout: positiveDuration().default(5000),
  /** The scrape interval: no new number appears sooner. */
  resolution: positiveDuration().default(15_000),
  ...historySettings(),
});

export type PrometheusSettings = z.output<typeof prometheusSettings>;
