// The dotenv report: word for word, and held against what GitLab's parser accepts.
import { expect, it } from 'vitest';
import { gitlab } from '../../src/report/gitlab.ts';
import { incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

it('the incident', () => {
  expect(textOf(gitlab, incidentRecord(), '.holdpoint/runs/run-7f3a.json')).toBe(`\
HOLDPOINT_VERDICT=rolled_back
HOLDPOINT_EXIT_CODE=20
HOLDPOINT_EXIT_REASON=slots_exhausted
HOLDPOINT_RUN=run-7f3a
HOLDPOINT_RECORD=.holdpoint/runs/run-7f3a.json
HOLDPOINT_LIVE=rs/7d9f
HOLDPOINT_ROLLED_BACK_TO=rs/7d9f
`);
});

it('what is not known is left out', () => {
  expect(textOf(gitlab, recordOf({ release: { label: '' } }))).toBe(`\
HOLDPOINT_VERDICT=passed
HOLDPOINT_EXIT_CODE=0
HOLDPOINT_EXIT_REASON=ok
HOLDPOINT_RUN=run-7f3a
`);
});

it('no value holds what GitLab would expand, keep as a quote or refuse', () => {
  const record = incidentRecord({
    release: { label: '', liveAtEnd: `v1 "a" 'b' $CI_TOKEN \`c\` \\ # ü\nX=1` },
    rollback: rollbackOf({ to: 'x'.repeat(9000) }),
  });
  const text = textOf(gitlab, record, 'ü'.repeat(9000));
  const lines = text.trimEnd().split('\n');
  expect(lines[5]).toBe('HOLDPOINT_LIVE=v1 _a_ _b_ _CI_TOKEN _c_ _ _ _ X=1');
  for (const line of lines) expect(line).toMatch(/^[A-Z_]+=[ -~]{1,500}$/);
  expect(Buffer.byteLength(text)).toBeLessThan(5 * 1024);
});
