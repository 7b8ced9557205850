// The marks of outcomes, drawn: fonts do not agree on what a tick looks like.
import type { Outcome } from '../../kit/index.ts';
import type { Headline } from '../headline.ts';
import { html, type Markup } from './markup.ts';

type Mark = Outcome | Headline['tone'];

/** Lines in a square of 16. */
const strokes: Readonly<Record<Mark, string>> = {
  pass: 'M4 8.5l2.8 2.8L12 5.5',
  good: 'M4 8.5l2.8 2.8L12 5.5',
  fail: 'M5 5l6 6M11 5l-6 6',
  bad: 'M5 5l6 6M11 5l-6 6',
  inconclusive: 'M6 6.3a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 12v.2',
  error: 'M8 4v5M8 11.8v.2',
  warn: 'M8 4v5M8 11.8v.2',
  skipped: 'M5 8h6',
};

/** The word beside it says the same, so that it is hidden from screen readers. */
export const icon = (mark: Mark): Markup =>
  html`<svg class="icon ${mark}" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="8"/><path d="${strokes[mark]}"/></svg>`;
