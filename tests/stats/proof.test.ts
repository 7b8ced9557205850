// The PASS account: reference values, the bound it proves, what is still needed, and how rarely it is wrong.
import { describe, expect, it } from 'vitest';
import { atMost, logProof, requestsNeeded } from '../../src/stats/proof.ts';
import { expectClose, failures, generator } from './fixtures.ts';

const NEEDED = Math.log(25);

describe('logProof', () => {
  it.each([
    [0, 920, 0.005, 1, 3.73405061841],
    [3, 3000, 0.0055, 1, 7.2767389142],
    [3, 3000, 0.0055, 2, 3.35281574181],
    [0, 0, 0.005, 2, 0],
  ])('of %d in %d against %d with phi %d', (errors, requests, limit, phi, expected) => {
    expectClose(logProof({ errors, requests }, limit, phi), expected);
  });

  it('has a mean of 1 exactly at the limit, over every outcome', () => {
    const [requests, limit] = [12, 0.25];
    let mean = 0;
    let chance = (1 - limit) ** requests;
    for (let errors = 0; errors <= requests; errors += 1) {
      mean += chance * Math.exp(logProof({ errors, requests }, limit, 1));
      chance *= ((requests - errors) / (errors + 1)) * (limit / (1 - limit));
    }
    expectClose(mean, 1, 14);
  });

  it('rises with the limit', () => {
    const proofs = [1e-15, 1e-6, 0.001, 0.01, 0.3, 0.95].map((limit) =>
      logProof({ errors: 3, requests: 300 }, limit, 2),
    );
    expect(proofs).toEqual(proofs.toSorted((a, b) => a - b));
  });

  it.each([
    [0, 1e9],
    [1e9, 1e9],
    [1, 1e9],
  ])('stays a finite number for %d in %d', (errors, requests) => {
    for (const limit of [1e-15, 0.001, 0.95])
      for (const phi of [1, 50]) expect(logProof({ errors, requests }, limit, phi)).toSatisfy(Number.isFinite);
  });

  it('exactly at its limit, looked at after every ten requests, reaches 25:1 in < 4 % of 2,000 holds', () => {
    const random = generator(21);
    let wrong = 0;
    for (let run = 0; run < 2000; run += 1) {
      let errors = 0;
      let reached = false;
      for (let requests = 10; requests <= 600; requests += 10) {
        errors += failures(random, 10, 0.05);
        reached ||= logProof({ errors, requests }, 0.05, 1) >= NEEDED;
      }
      if (reached) wrong += 1;
    }
    expect(wrong / 2000).toBeLessThan(0.04);
  });
});

describe('atMost', () => {
  it.each([
    [0, 300, 1, 0.0133463894796],
    [3, 3000, 1, 0.00369424550744],
    [0, 300, 2, 0.0264993336553],
  ])('of %d in %d with phi %d', (errors, requests, phi, expected) => {
    expectClose(atMost({ errors, requests }, phi, NEEDED), expected);
  });

  it('is 1 when nothing is proven', () => {
    expect(atMost({ errors: 0, requests: 0 }, 1, NEEDED)).toBe(1);
    expect(atMost({ errors: 1e9, requests: 1e9 }, 1, NEEDED)).toBe(1);
  });
});

describe('requestsNeeded', () => {
  it.each([
    ['no error', 0, 300, 0, 1, 505],
    ['no error, in clusters', 0, 300, 0, 2, 1309],
    ['one error, then one in a thousand', 1, 300, 0.001, 1, 1863],
    ['nothing seen', 0, 0, 0, 1, 805],
    ['nothing seen, in clusters', 0, 0, 0, 2, 1609],
    ['proven already', 0, 900, 0, 1, 0],
    ['a rate above the limit', 3, 300, 0.01, 1, undefined],
    ['a rate at the limit', 1, 200, 0.005, 1, undefined],
  ])('%s', (_, errors, requests, rate, phi, expected) => {
    expect(requestsNeeded({ errors, requests }, rate, 0.005, phi, NEEDED)).toBe(expected);
  });

  it('is the smallest number that proves', () => {
    const proofAfter = (more: number) => logProof({ errors: 1 + 0.001 * more, requests: 300 + more }, 0.005, 1);
    expect(proofAfter(1863)).toBeGreaterThanOrEqual(NEEDED);
    expect(proofAfter(1862)).toBeLessThan(NEEDED);
  });

  it('gives up where no count of requests is enough for a double', () => {
    expect(requestsNeeded({ errors: 0, requests: 300 }, 0, 1e-17, 1, NEEDED)).toBeUndefined();
  });
});
