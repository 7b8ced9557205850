// Selectors as Prometheus reads them, and the remedy for everything that is none.
import { describe, expect, test } from 'vitest';
import { parseSelector } from '../../src/kit/selector.ts';

const requests = { __name__: 'http_requests_total', code: '503', route: '/a"b\\c', app: 'auth' };

describe('a selector', () => {
  test.each<[string, boolean]>([
    ['http_requests_total', true],
    ['http_requests', false],
    ['http_requests_total{}', true],
    ['http_requests_total{code="503"}', true],
    ['http_requests_total{code="50"}', false],
    ['http_requests_total{code=~"5.."}', true],
    ['http_requests_total{code=~"5."}', false],
    ['http_requests_total{code=~"200|503"}', true],
    ['http_requests_total{code!~"4..", app="auth",}', true],
    ['http_requests_total{code!="503"}', false],
    ['http_requests_total{missing=""}', true],
    ['http_requests_total{missing!=""}', false],
    ['http_requests_total{route="/a\\"b\\\\c"}', true],
    ["http_requests_total{app='auth'}", true],
    ['{__name__=~"http_.*", app="auth"}', true],
    [' { app = "auth" } ', true],
  ])('%s: %s', (selector, fits) => {
    expect(parseSelector(selector)(requests)).toBe(fits);
  });

  test.each<[string, string]>([
    [
      'rate(http_requests_total[5m])',
      '"rate(http_requests_total[5m])" is not a selector (unexpected "(http_requests_total[5m])"); give the raw counter or gauge alone: holdpoint takes increases and sums itself (a free query for prometheus: {{window}} in place of its window)',
    ],
    [
      'sum by (code) (x)',
      '"sum by (code) (x)" is not a selector (unexpected "by (code) (x)"); give the raw counter or gauge alone: holdpoint takes increases and sums itself (a free query for prometheus: {{window}} in place of its window)',
    ],
    [
      'http_requests_total[5m]',
      '"http_requests_total[5m]" is not a selector (unexpected "[5m]"); leave out the window in brackets: holdpoint chooses it',
    ],
    [
      'a{b="c"} / 2',
      '"a{b="c"} / 2" is not a selector (something follows the closing brace); give one selector without arithmetic, offset or anything behind it',
    ],
    ['a{b=c}', '"a{b=c}" is not a selector (a label matcher is expected at "b=c}"); write it like up{job="auth"}'],
    ['{}', '"{}" is not a selector (it names no metric); write it like up{job="auth"}'],
    ['', '"" is not a selector (it names no metric); write it like up{job="auth"}'],
    ['a{b=~"("}', '"a{b=~"("}" is not a selector: /(/ is not a regular expression'],
  ])('%s is refused with its remedy', (selector, message) => {
    expect(() => parseSelector(selector)).toThrow(message);
  });
});
