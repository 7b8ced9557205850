// What a run says to people beside its verdicts, as its record keeps it.
import { describe, expect, it } from 'vitest';
import { createSaid } from '../../src/commands/said.ts';

const at = Date.UTC(2026, 10, 22, 2, 47);

describe('what was said', () => {
  it('is nothing where nothing was', () => {
    expect(createSaid((text) => text).kept()).toEqual({});
  });

  it('is notes with their time, and the last 40 lines of the deploy command', () => {
    const said = createSaid((text) => text);
    said.hear({ type: 'note', at, level: 'warn', text: 'the store cannot be read' });
    for (let line = 1; line <= 50; line += 1) said.hear({ type: 'output', at, line: `line ${line}` });
    said.hear({ type: 'mark', at, name: 'decision' });
    const { notes, deployOutput } = said.kept();
    expect(notes).toEqual([{ at: '2026-11-22T02:47:00.000Z', level: 'warn', text: 'the store cannot be read' }]);
    expect([deployOutput?.length, deployOutput?.[0], deployOutput?.at(-1)]).toEqual([40, 'line 11', 'line 50']);
  });

  it('keeps the newest 50 notes', () => {
    const said = createSaid((text) => text);
    for (let note = 1; note <= 60; note += 1) said.hear({ type: 'note', at, level: 'info', text: `note ${note}` });
    expect(said.kept().notes?.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `note ${i + 11}`));
  });

  it('hides a secret that was learned afterwards, also where the text is cut', () => {
    let secret = 'not yet known';
    const said = createSaid((text) => text.replaceAll(secret, '[token]'));
    said.hear({ type: 'output', at, line: `${'x'.repeat(495)}hunter2-swordfish` });
    secret = 'hunter2-swordfish';
    expect(said.kept()).toEqual({ deployOutput: [`${'x'.repeat(495)}[toke… (2 more characters)`] });
  });
});
