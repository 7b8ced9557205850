// The reporter `tty`: one screen that follows the run in place, and the summary as ordinary text at its end.
import type { Clock, Out, Reporter, ReporterSession, RunEvent, RunRecord } from '../kit/index.ts';
import { clean, cleanAll } from './clean.ts';
import { layOut, type Page } from './lines.ts';
import { createPainter, type Painter } from './painter.ts';
import { plain } from './plain.ts';
import { screen } from './screen.ts';
import { startTaskList, type Drawing, type TaskList } from './task-list.ts';
import { emptyView, nextView, type View } from './view.ts';
import { summary } from './wording.ts';

/** At most five drawings a second: more would take time from the event loop whose latencies are measured. */
const redrawEvery = 200;

/** Lines longer than this are hard to read, however wide the terminal is. */
const widestText = 120;

/** Where the output is no terminal that can be redrawn, this is `plain`. */
export const tty: Reporter = {
  holdpointReporter: 1,
  name: 'tty',
  about: 'one screen with a line per check, redrawn in place; the default on a terminal',
  writes: 'prose',
  open: (out, clock) => (out.terminal ? openScreen(out, clock) : plain.open(out, clock)),
};

const openScreen = (out: Out, clock: Clock): ReporterSession => {
  const painter = createPainter(out);
  let view: View = emptyView;
  let list: TaskList | undefined;
  let closed = false;
  const drawing = createDrawing(painter, out, clock, () => view);

  const begin = async (ids: readonly string[]): Promise<void> => {
    const started = await startTaskList(ids, drawing);
    if (closed) return started.finish();
    list = started;
  };
  const stop = (): void => {
    closed = true;
    drawing.stop();
    list?.finish().catch(() => undefined);
    list = undefined;
  };

  return {
    on: (event) => {
      if (closed || event.type === 'finished') return;
      view = nextView(view, withoutSeen(event, out));
      if (event.type === 'started') begin(view.rows.map(({ id }) => id)).catch(drawing.fail);
      else list?.update('check' in event ? event.check : '', event.type);
    },
    end: (record, saved) => {
      if (closed) return;
      stop();
      painter.erase();
      out.write(`${finalText(record, saved, out).join('\n')}\n`);
    },
    pause: () => drawing.pause(),
    resume: () => drawing.resume(),
    close: () => {
      stop();
      painter.release();
    },
  };
};

/** What was seen is the business of kinds, may be large, and is not shown: it is not even cleaned. */
const withoutSeen = (event: RunEvent, out: Out): RunEvent => {
  if (event.type === 'finished') return event;
  if (event.type !== 'sample') return cleanAll(event, out.redact);
  return { ...event, samples: event.samples.map(({ at, ms, phase }) => ({ at, ms, phase, seen: null })) };
};

const finalText = (record: RunRecord, saved: string | undefined, out: Out): string[] => {
  const page: Page = {
    columns: Math.max(1, Math.min(out.columns() - 1, widestText)),
    colour: out.colour,
    clean: (text) => clean(text, out.redact),
  };
  return layOut(summary(record, saved), page);
};

interface ScreenDrawing extends Drawing {
  /** Leaves the newest screen as text; what others write now stands below it. */
  pause(): void;
  /** Begins a new screen below. */
  resume(): void;
  /** Shows that the view broke; the run goes on without it. */
  fail(error: unknown): void;
}

/** Draws when something changed, the terminal was resized, or another second has passed. */
const createDrawing = (painter: Painter, out: Out, clock: Clock, view: () => View): ScreenDrawing => {
  const stopped = new AbortController();
  let changed = true;
  let paused = false;
  let last = '';
  const draw = (): void => {
    const moment = `${out.columns()}x${out.rows()} ${Math.floor(clock.now() / 1000)}`;
    if (paused || (!changed && moment === last)) return;
    changed = false;
    last = moment;
    painter.paint(screen(view(), { columns: out.columns(), rows: out.rows(), colour: out.colour, now: clock.now() }));
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      draw();
      await clock.sleep(redrawEvery, stopped.signal);
    }
  };
  const fail = (error: unknown): void => {
    stopped.abort();
    painter.release();
    out.write(
      `the terminal view stopped (a bug in holdpoint): ${error instanceof Error ? error.stack : String(error)}\n`,
    );
  };
  return {
    start: () => {
      loop().catch(fail);
    },
    refresh: () => {
      changed = true;
    },
    pause: () => {
      if (!stopped.signal.aborted) draw();
      paused = true;
      painter.release();
    },
    resume: () => {
      paused = false;
      changed = true;
    },
    stop: () => stopped.abort(),
    fail,
  };
};
