// What the tests of sources that read pages share: two instances as a lab, and pages of one's own.
import type { AnySource, Source } from '../../src/kit/source.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { serve } from '../helpers/servers.ts';
import type { Shown, SourceLab } from './contract.ts';

/** Opens labs of two instances, `blue` and `green`, whose page at `path` is written by `pageOf`. */
export const twoInstances =
  (path: string, pageOf: (shown: readonly Shown[]) => string, settings: object = {}) =>
  async (): Promise<SourceLab> => {
    let shown: readonly Shown[] = [];
    const instance = (name: string) =>
      serve((_, response) => void response.end(pageOf(shown.filter((one) => one.instance === name))));
    const [blue, green] = [await instance('blue'), await instance('green')];
    let open = true;
    return {
      settings: { urls: { blue: blue.url + path, green: green.url + path }, ...settings },
      show: (series) => {
        shown = series;
      },
      close: async () => {
        if (open) await Promise.all([blue.close(), green.close()]);
        open = false;
      },
    };
  };

/** Host and port of a URL, as sentences name it. */
export const host = (url: string): string => new URL(url).host;

/** Called once at the top of a file; what it opens is closed after each test. */
export const pagesOf = (kind: AnySource, path: string) => {
  const kept = closedAfterEach();
  const reading = async (settings: unknown): Promise<Source> => {
    const io = networkIo();
    kept({ close: () => io.close() });
    return kind.open(kind.settings.parse(settings), { io, root: '/', learn: () => undefined });
  };
  /** The URL of a page that answers so each time. */
  const answering = async (status: number, body: string): Promise<string> => {
    const server = kept(await serve((_, response) => void response.writeHead(status).end(body)));
    return server.url + path;
  };
  return { kept, reading, answering };
};
