// A deadline that follows its parent, many times over.
import { expect, it, onTestFinished } from 'vitest';
import { deadlineIn } from '../../src/run/deadline.ts';
import { realClock } from '../helpers/fake-io.ts';

it('any number of looks may wait for the same end without a warning of Node in the report', async () => {
  const warnings: string[] = [];
  const keep = ({ name }: Error) => warnings.push(name);
  process.on('warning', keep);
  onTestFinished(() => void process.off('warning', keep));
  const parent = new AbortController();
  const deadlines = Array.from({ length: 20 }, () => deadlineIn(realClock, 60_000, parent.signal));
  await new Promise((resolve) => void setImmediate(resolve));
  expect(warnings).toEqual([]);
  parent.abort('the end');
  expect(deadlines.map(({ signal }) => signal.reason)).toEqual(deadlines.map(() => 'the end'));
  for (const { clear } of deadlines) clear();
});
