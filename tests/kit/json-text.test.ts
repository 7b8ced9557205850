// JSON for people and programs alike: what stands on one line, and that it reads back the same.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/kit/json-text.ts';
import type { RunRecord } from '../../src/kit/index.ts';

const fixture = async (): Promise<RunRecord> =>
  JSON.parse(await readFile(new URL('../report/fixtures/incident.json', import.meta.url), 'utf8')) as RunRecord;

describe('a document', () => {
  it('keeps what is short on one line, and gives each sample one, however long', () => {
    const long = 'x'.repeat(200);
    expect(
      jsonText({
        a: 1,
        short: { list: [1, 2], none: undefined },
        empty: {},
        wide: { text: long, last: null },
        rows: [
          { text: long, ok: true },
          { text: long, of: { them: 1 } },
        ],
        samples: [{ at: 1, seen: { text: long } }, undefined],
      }),
    ).toBe(
      `{
  "a": 1,
  "short": {"list":[1,2]},
  "empty": {},
  "wide": {
    "text": "${long}",
    "last": null
  },
  "rows": [
    {"text":"${long}","ok":true},
    {
      "text": "${long}",
      "of": {"them":1}
    }
  ],
  "samples": [
    {"at":1,"seen":{"text":"${long}"}},
    null
  ]
}
`,
    );
  });

  it.each([[{}], [[]], [{ a: [], b: {}, c: '\u2028"\n', d: [[[]]], samples: [] }]])(
    '%j reads back the same',
    (value) => {
      expect(JSON.parse(jsonText(value))).toEqual(value);
    },
  );
});

describe('a record', async () => {
  const record = await fixture();

  it('reads back the same, in at most 1.3 times the bytes that it needs', () => {
    const text = jsonText(record);
    expect(JSON.parse(text)).toEqual(record);
    expect(text.length).toBeLessThan(1.3 * JSON.stringify(record).length);
  });

  it.each(record.checks.map((check) => [check.id, check] as const))(
    'takes at most 1 KB for %s beside samples, charts and parts',
    (_, { samples: _samples, charts: _charts, parts: _parts, baseline, ...rest }) => {
      const text = JSON.stringify({ ...rest, baseline: { ...baseline, samples: [] } });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
    },
  );
});
