// Every exit code and every reason of the program has its entry in the runbooks; they are made anew with `-u`.
import { describe, expect, it } from 'vitest';
import { exitAdvice } from '../../src/commands/exit-advice.ts';
import { exitMeanings } from '../../src/kit/index.ts';
import { exitCodePage, reasonGroups, reasonPage, referencePage } from './runbooks.ts';

describe('the runbooks (made anew by: npx vitest run --project unit tests/docs -u)', () => {
  it('have a section for each exit code', () =>
    expect(exitCodePage()).toMatchFileSnapshot('../../docs/runbooks/exit-codes.md'));
  it('have an entry for each reason', () => expect(reasonPage()).toMatchFileSnapshot('../../docs/runbooks/reasons.md'));

  it('and the reference names everything that ships', () =>
    expect(referencePage()).toMatchFileSnapshot('../../docs/reference.md'));
});

it('every exit code has steps, and no step is for a code that there is not', () => {
  expect(Object.keys(exitAdvice)).toEqual(Object.keys(exitMeanings));
  for (const steps of Object.values(exitAdvice)) expect(steps.length).toBeGreaterThan(0);
});

const reasons = reasonGroups().flatMap((group) => Object.entries(group.reasons));

it('there are many reasons', () => expect(reasons.length).toBeGreaterThan(60));

it.each(reasons)('%s says what it means in whole sentences', (_, text) => {
  expect(text).toMatch(/^[A-Z`][^]*[.!?)]$/);
});
