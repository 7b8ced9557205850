// Draws a block of lines on a terminal in place of the one before it, and gives the terminal back.
import type { Out } from '../kit/index.ts';
import { displayWidth } from './width.ts';

/** Escape sequences of ECMA-48 and DEC terminals (xterm's control sequences). */
const code = {
  hideCursor: '\u001b[?25l',
  showCursor: '\u001b[?25h',
  /** A line that is wider than we think is cut by the terminal and does not push the others down. */
  noWrap: '\u001b[?7l',
  doWrap: '\u001b[?7h',
  endOfLine: '\u001b[K',
  endOfScreen: '\u001b[J',
  up: (lines: number) => (lines > 0 ? `\u001b[${lines}A\r` : '\r'),
} as const;

export interface Painter {
  /** Replaces what stands there. */
  paint(lines: readonly string[]): void;
  /** Takes the block away; the cursor stands where it began. */
  erase(): void;
  /** Leaves what stands there as ordinary text, shows the cursor. May be called twice. */
  release(): void;
}

/** A painter for one terminal. It holds what it drew last, because only that may be drawn over. */
export const createPainter = (out: Out): Painter => {
  let drawn: readonly string[] = [];
  let held = false;
  const toStart = (): string => code.up(heightOf(drawn, out) - 1);
  return {
    paint: (lines) => {
      const begin = held ? toStart() : code.hideCursor;
      const body = lines.map((line) => line + code.endOfLine).join('\r\n');
      out.write(`${begin}${code.noWrap}${body}${code.endOfScreen}${code.doWrap}`);
      drawn = lines;
      held = true;
    },
    erase: () => {
      if (held) out.write(`${toStart()}${code.endOfScreen}${code.showCursor}`);
      held = false;
      drawn = [];
    },
    release: () => {
      if (held) out.write(`\r\n${code.showCursor}`);
      held = false;
      drawn = [];
    },
  };
};

/** Rows that the block takes now: a terminal that became narrower has broken its lines. */
const heightOf = (lines: readonly string[], out: Out): number => {
  const columns = out.columns();
  const height = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
  return Math.min(height, out.rows());
};
