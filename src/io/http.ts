// HTTP with timings per stage, deadlines that hold and bounded bodies: the one importer of undici.
import type { Http, HttpRequest, HttpResponse } from '../kit/io.ts';
import { exchange } from './http-exchange.ts';
import { abortedFailure, failureOf, timeoutFailure } from './http-failures.ts';
import {
  destroyer,
  freshProgress,
  hangUp,
  type Line,
  loadUndici,
  openLine,
  parseTarget,
  type Target,
  type Undici,
} from './http-line.ts';

/** Rejects when the deadline passes or the caller gives up; `done` ends the watch. */
const watch = (line: Line, { timeout, signal }: HttpRequest): { over: Promise<never>; done(): void } => {
  let done = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(timeoutFailure(line.progress, timeout)), timeout);
    const abort = (): void => reject(abortedFailure(line.progress));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  return { over, done: () => done() };
};

const putBy = (lines: Map<string, Line[]>, line: Line): void => {
  const others = lines.get(line.key);
  if (others) others.push(line);
  else lines.set(line.key, [line]);
};

/**
 * HTTP for probes and sources. Every request is on a connection of its own, unless it asks for `fresh: false`.
 * `version` is ours, for the User-Agent.
 */
export const createHttp = ({ version }: { version: string }): Http => {
  const agent = `holdpoint/${version}`;
  const idle = new Map<string, Line[]>();
  const spent = new Map<string, Line[]>();
  const open = new Set<Line>();
  const destroy = destroyer();
  let library: Promise<Undici> | undefined;
  const load = (): Promise<Undici> => {
    library ??= loadUndici();
    return library;
  };

  const take = async (request: HttpRequest, target: Target): Promise<Line> => {
    const key = `${target.url.origin} ${target.peer}`;
    const known = (request.fresh === false ? idle : spent).get(key)?.pop();
    if (known) {
      known.progress = freshProgress(target);
      return known;
    }
    const line = openLine(await load(), key, target);
    open.add(line);
    return line;
  };

  /** After a whole answer the connection, or at least what makes one, serves the next request. */
  const giveBack = (line: Line, isWhole: boolean, isKept: boolean): void => {
    if (isWhole && isKept) return putBy(idle, line);
    if (isWhole) return hangUp(line, () => putBy(spent, line));
    open.delete(line);
    destroy(line);
  };

  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    const target = parseTarget(asked);
    const line = await take(asked, target);
    const { over, done } = watch(line, asked);
    const answer = exchange(line, asked, target, agent);
    // The loser of the race may still reject.
    answer.catch(() => undefined);
    let isWhole = false;
    try {
      const response = await Promise.race([over, answer]);
      isWhole = !response.truncated;
      return response;
    } catch (error) {
      throw failureOf(line.progress, error);
    } finally {
      done();
      giveBack(line, isWhole, asked.fresh === false);
    }
  };

  const close = async (): Promise<void> => {
    idle.clear();
    spent.clear();
    for (const line of open) destroy(line);
    open.clear();
  };

  const prepare = async (): Promise<void> => {
    await load();
  };
  return { prepare, request, close };
};
