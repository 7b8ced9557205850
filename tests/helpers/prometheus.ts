// Starts Debian's Prometheus, which scrapes what the test names every second.
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../src/demo/lab/children.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { installedProgram, installPrograms, prometheusProgram } from './system-packages.ts';

/** A running Prometheus. */
export interface RunningPrometheus {
  url: string;
  /** From now on these pages (`/metrics` of each) are scraped, and no others. */
  scrape(urls: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const config = `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: auth
    file_sd_configs: [{ files: [targets.json], refresh_interval: 1s }]
`;

/** Starts it on a free port, with data of its own. */
export const startPrometheus = async (features: readonly string[] = []): Promise<RunningPrometheus> => {
  await installPrograms([prometheusProgram]);
  const { file, env } = installedProgram(prometheusProgram);
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-test-'));
  await mkdir(join(folder, 'data'));
  const scrape = async (urls: readonly string[]): Promise<void> => {
    const targets = urls.map((url) => new URL(url).host);
    await writeFile(join(folder, 'targets.new'), JSON.stringify([{ targets }]));
    await rename(join(folder, 'targets.new'), join(folder, 'targets.json'));
  };
  await scrape([]);
  await writeFile(join(folder, 'prometheus.yml'), config);
  const address = `127.0.0.1:${await freePort()}`;
  const child = await startChild({
    name: 'Prometheus',
    argv: [
      file,
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      ...features.map((feature) => `--enable-feature=${feature}`),
    ],
    cwd: folder,
    env,
    ready: 'Server is ready to receive web requests',
    farewell: [['SIGTERM', 20_000]],
  });
  const close = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `http://${address}`, scrape, close };
};

/** Waits until Prometheus shows what the test expects: a scrape may come late on a busy machine. */
export const untilShown = async (isShown: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 200; n += 1) {
    if (await isShown()) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error('Prometheus did not show it within 30 seconds');
};
