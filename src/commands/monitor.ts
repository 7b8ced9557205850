// A `check` that a monitor calls as its plugin: always a line on stdout, and one of the exit codes that the monitor knows.
import { messageOf, type MonitorPlugin, type Registry, type RunRecord } from '../kit/index.ts';
import type { Context } from './context.ts';
import { builtIn } from './registry.ts';
import { tell } from './tell.ts';

/** What the first of the wanted reporters asks for that is a monitor's; one that writes into a file is not. */
export const monitorPlugin = (wanted: readonly string[], registry: Registry): MonitorPlugin | undefined =>
  wanted.map((name) => registry.reporters.get(name)?.part.plugin).find((plugin) => plugin !== undefined);

/** The exit code of a run that has ended: its own, or that of a monitor which reads the `check`. */
export const endOf = (record: RunRecord, plugin: MonitorPlugin | undefined): number =>
  (record.verb === 'check' ? plugin?.exitCode(record) : undefined) ?? record.exitCode;

/** The same where nothing could be begun. */
export const answered = async (
  work: Promise<number>,
  wanted: readonly string[],
  { stdout, stderr }: Pick<Context, 'stdout' | 'stderr'>,
): Promise<number> => {
  try {
    return await work;
  } catch (error) {
    const plugin = monitorPlugin(wanted, builtIn());
    if (!plugin) throw error;
    tell(error, stderr);
    stdout.write(plugin.noAnswer.line(messageOf(error)));
    return plugin.noAnswer.exitCode;
  }
};
