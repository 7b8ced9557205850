// The one place that knows listr2: it runs the list of checks, and tells our own drawing when something changed.
import type { ListrEventType, ListrRendererFactory } from 'listr2';

/** A task list that is shown by somebody else. */
export interface TaskList {
  /** Says something new of a task, or of the run as a whole where there is no such task. */
  update(id: string, text: string): void;
  /** Ends all tasks; resolves when the list is done. */
  finish(): Promise<void>;
}

/** The drawing that listr2 drives. */
export interface Drawing {
  start(): void;
  /** Something changed. */
  refresh(): void;
  stop(): void;
}

/** The task that stands for the run itself: phases, notes, the rollback. */
const run = '';

/**
 * Starts a list with a task for each id and one for the run as a whole. Measured traps of listr2 9 are kept out here:
 * its default renderer delays the event loop by up to 650 ms (so a renderer of our own, also where stdout is no
 * terminal), and its signal handler calls process.exit (so none). What a task says of success decides nothing: each
 * ends when the run does.
 */
export const startTaskList = async (ids: readonly string[], drawing: Drawing): Promise<TaskList> => {
  const { Listr, ListrEventType } = await import('listr2');
  const handles = new Map<string, { output: string }>();
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const task = (id: string) => ({
    title: id,
    task: (_: unknown, handle: { output: string }): Promise<void> => {
      handles.set(id, handle);
      return ended;
    },
  });
  const renderer = rendererOf(drawing, ListrEventType.SHOULD_REFRESH_RENDER);
  const list = new Listr([run, ...ids].map(task), {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer,
    fallbackRenderer: renderer,
  });
  const done = list.run();
  return {
    update: (id, text) => {
      const handle = handles.get(id) ?? handles.get(run);
      if (handle) handle.output = text;
      else drawing.refresh();
    },
    finish: async () => {
      end();
      await done;
    },
  };
};

/** listr2 asks for a class; there is nothing to keep in it but the drawing. */
const rendererOf = (drawing: Drawing, changed: ListrEventType): ListrRendererFactory =>
  class {
    static rendererOptions = {};
    static rendererTaskOptions = {};
    static nonTTY = true;
    constructor(...[, , events]: ConstructorParameters<ListrRendererFactory>) {
      events?.on(changed, () => drawing.refresh());
    }
    render = (): void => drawing.start();
    end = (): void => drawing.stop();
  };
