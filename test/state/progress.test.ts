import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  backoff,
  backoffDelay,
  type Progress,
  type ProgressMap,
  rungOf,
  withoutFuture,
} from '../../state/progress.ts';
import { most, next, now } from './advancing.ts';

const none = () => 0;

describe('the delay before the next try', () => {
  it('is full jitter below a bound that doubles up to five minutes', (): void | Promise<void> => {
    expect([0, 1, 2, 3, 8, 9, 50].map((tries) => backoffDelay(tries, 0, most))).to.deep.equal([
      1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000,
    ]);
    return fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(20_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, floor, x) => {
          const delay = backoffDelay(tries, floor, () => x);
          expect(delay).to.be.at.least(Math.max(500, floor));
          expect(delay).to.be.at.most(Math.max(500, floor, backoff.cap));
        },
      ),
    );
  });

  it('is at least ten seconds where networkd retries by itself', () => {
    const progress = next(
      next(undefined, { repaired: ['x'] }),
      { repaired: ['x'], floor: 10_000 },
      now,
      none,
    );
    expect(progress?.nextAt).to.equal(now + 10_000);
  });
});

describe('a clock that is set back', () => {
  const failed = next(undefined, { failed: true });
  const repaired = next(undefined, { ok: true, repaired: ['br-a address'] });
  const map = new Map([
    ['NetDev/failed', failed],
    ['NetDev/repaired', repaired],
  ]) as unknown as ProgressMap;

  it('makes nothing wait until its old time comes again', () => {
    expect([...withoutFuture(map, now - 86_400_000).keys()]).to.deep.equal([]);
  });

  it('is nothing that a clock which goes on does', () => {
    for (const later of [0, 1, backoff.cap, 86_400_000]) {
      expect(withoutFuture(map, now + later)).to.equal(map);
    }
  });
});

describe('a resource that only something outside gets any further', () => {
  const stuck = next(next(undefined, { isStuck: true }), { isStuck: true }, now + backoff.settle);

  it('is tried all the same, and stalls', () => {
    expect(stuck).to.deep.include({ attempts: 1, isStuck: true });
    expect(rungOf(stuck, now + backoff.cap, false)).to.equal('settling');
  });

  it('begins anew with what goes wrong besides', () => {
    const later = now + 60_000;
    const besides = next({ ...(stuck as Progress), attempts: 9 }, {}, later);
    expect(besides).to.deep.equal({
      ...{ attempts: 0, nextAt: later + backoff.settle, since: later, cause: 'drift', repairs: {} },
    });
  });
});

describe('the progress of a resource', () => {
  it('is nothing while all is well', () => {
    expect(next(undefined, { ok: true })).to.equal(undefined);
    expect(next(next(undefined, { failed: true }), { ok: true })).to.equal(undefined);
    expect(rungOf(undefined, now, false)).to.equal(0);
  });

  it('gives networkd time after a change, and once more while it is at work', () => {
    const changed = next(undefined, { changed: true });
    expect(changed).to.deep.equal({
      attempts: 0,
      nextAt: now + 5_000,
      since: now,
      cause: 'change',
      repairs: {},
    });
    expect(next(changed, {}, now + 4_999)).to.deep.equal(changed);
    expect(rungOf(changed, now + 4_999, false)).to.equal('settling');
    const busy = next(changed, { busy: true }, now + 5_000);
    expect(busy).to.deep.include({ attempts: 0, nextAt: now + 6_000, since: now });
    expect(rungOf(changed, now + 5_000, true)).to.equal('settling');
    expect(rungOf(changed, now + 5_000, false)).to.equal(0);
  });

  it('has no patience with a networkd that is at work for ever', () => {
    const changed = next(undefined, { changed: true });
    expect(rungOf(changed, now + backoff.patience, true)).to.equal(0);
    expect(next(changed, { busy: true }, now + backoff.patience)?.attempts).to.equal(1);
  });

  it('starts afresh with every change', () => {
    const tried = next(next(undefined, { failed: true }), { failed: true }, now + 10_000);
    expect(tried?.attempts).to.equal(2);
    const changed = next(tried, { changed: true }, now + 20_000);
    expect(changed).to.deep.include({ attempts: 0, since: now + 20_000, nextAt: now + 25_000 });
  });

  it('climbs one rung a try, waiting longer each time', () => {
    let progress = next(undefined, { repaired: ['x setup'] });
    const seen: unknown[] = [];
    for (let i = 0; i < 11; i++) {
      const at = progress?.nextAt ?? 0;
      seen.push(rungOf(progress, at, false));
      progress = next(progress, { repaired: ['x setup'] }, at);
    }
    expect(seen).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect((progress?.nextAt ?? 0) - now).to.be.greaterThan(1_000_000);
  });

  it('waits after a repair for what networkd makes of it', () => {
    const repaired = next(undefined, { repaired: ['x address'] }, now, none);
    expect(repaired).to.deep.include({ attempts: 1, nextAt: now + backoff.settle });
    expect(rungOf(repaired, now + 4_999, false)).to.equal('settling');
    expect(next(repaired, {}, now + 1_000)).to.equal(repaired);
  });

  it('counts a failed step as a try, even one of a change', () => {
    expect(next(undefined, { failed: true, changed: true })?.attempts).to.equal(1);
  });

  it('counts a look at the right time as a try, so that waiting ends in Stalled', () => {
    let progress = next(undefined, {});
    expect(progress).to.deep.include({ attempts: 0, nextAt: now + 5_000, cause: 'drift' });
    for (let i = 0; i < backoff.stalledAfter; i++) progress = next(progress, {}, progress?.nextAt);
    expect(progress?.attempts).to.equal(backoff.stalledAfter);
  });

  it('does not count what completes a change', () => {
    const changed = next(undefined, { changed: true });
    const completed = next(changed, { repaired: ['x master'] }, now + 1_000);
    expect(completed).to.deep.include({ attempts: 0, nextAt: now + 5_000, since: now });
  });
});
