// Connection URLs made complete, and texts as literals; sessions are tested on a real server in tests/integration.
import { describe, expect, it } from 'vitest';
import { createPostgres } from '../../src/io/postgres.ts';
import { completeUrl } from '../../src/io/postgres-url.ts';

describe('completeUrl', () => {
  it.each([
    ['postgres://u:p@db', 'postgres://u:p@db/u?port=5432'],
    ['postgresql://u:p@db:6000/app', 'postgresql://u:p@db:6000/app'],
    ['postgres://u%40x:p@db:1/', 'postgres://u%40x:p@db:1/u%40x'],
    ['postgres://u:p@db/app?port=7', 'postgres://u:p@db/app?port=7'],
    ['postgres://u:p@db:1/app?sslmode=require', 'postgres://u:p@db:1/app?sslmode=require&uselibpqcompat=true'],
    ['postgres://u:p@db:1/app?sslmode=verify-full', 'postgres://u:p@db:1/app?sslmode=verify-full'],
    ['postgres:///app?user=u&host=/run/pg&port=5', 'postgres:///app?user=u&host=/run/pg&port=5'],
  ])('%s', (given, complete) => {
    expect(completeUrl(given).url).toBe(complete);
  });

  it.each([
    ['postgres://u:p@db/a', true],
    ['postgres://u@db/a', false],
    ['postgres://u@db/a?password=p', true],
  ])('%s has a password: %s', (given, hasPassword) => {
    expect(completeUrl(given).hasPassword).toBe(hasPassword);
  });

  it('takes options from the URL alone', () => {
    expect(completeUrl('postgres://u:p@db/a?options=-c%20geqo%3Doff').options).toBe('-c geqo=off');
    expect(completeUrl('postgres://u:p@db/a').options).toBeUndefined();
  });

  it.each([
    ['se cret', 'the connection URL cannot be read; write it like postgres://user:password@host:5432/database'],
    ['mysql://u:se-cret@db/a', 'the connection URL must begin with postgres://, not mysql://'],
    ['postgres://db/a', 'the connection URL names no user'],
    ['postgres:///a?user=u', 'the connection URL names no host'],
  ])('refuses %s without showing it', (given, because) => {
    expect(() => completeUrl(given)).toThrow(expect.objectContaining({ code: 'INVALID_URL', message: because }));
  });
});

describe('literal', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['a\\b', " E'a\\\\b'"],
    ['', "''"],
  ])('%s', (text, literal) => {
    expect(createPostgres().literal(text)).toBe(literal);
  });
});
