import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  backoff,
  fight,
  foughtFields,
  isFresh,
  mayRepair,
  type Progress,
  respecified,
  rungOf,
} from '../../state/progress.ts';
import { next, now } from './advancing.ts';

describe('a fight over a field', () => {
  /** Somebody undoes a field and we put it right, so many times, a second apart. */
  function fought(times: number, field = 'x master'): Progress | undefined {
    let progress: Progress | undefined;
    for (let i = 0; i < times; i++) {
      progress = next(progress, { ok: true, repaired: [field] }, now + i * 1_000);
    }
    return progress;
  }

  it('is on from the third repair within ten minutes, for that field only', () => {
    expect(foughtFields(fought(2), now + 2_000)).to.deep.equal([]);
    expect(foughtFields(fought(3), now + 2_000)).to.deep.equal(['x master']);
    expect(foughtFields(fought(3), now + fight.window)).to.deep.equal([]);
    expect(mayRepair(fought(2), 'x master', now + 2_000)).to.equal(true);
    expect(mayRepair(fought(3), 'x address', now + 2_000)).to.equal(true);
  });

  it('may be over a file, which has no parts', () => {
    for (const file of ['05-osa-net-br-a.network', '/etc/resolv.conf']) {
      expect(foughtFields(fought(3, file), now + 2_000)).to.deep.equal([file]);
    }
  });

  for (const [times, wait] of [
    [3, 10_000],
    [4, 20_000],
    [6, 80_000],
    [12, 300_000],
  ] as const) {
    it(`waits ${wait / 1_000} s after ${times} repairs`, () => {
      const last = now + (times - 1) * 1_000;
      expect(mayRepair(fought(times), 'x master', last + wait - 1)).to.equal(false);
      expect(mayRepair(fought(times), 'x master', last + wait)).to.equal(true);
    });
  }

  it('is over when the document asks for something else', () => {
    expect(mayRepair(respecified(fought(12)), 'x master', now + 12_000)).to.equal(true);
    expect(respecified(undefined)).to.equal(undefined);
  });

  it('does not climb the ladder', () => {
    let progress = fought(3);
    const at = () => progress?.nextAt ?? 0;
    progress = next(progress, {}, now + 3_000);
    progress = next(progress, {}, at());
    progress = next(progress, {}, at());
    expect(progress?.attempts).to.equal(2);
    expect(rungOf(progress, at(), false)).to.equal(0);
  });

  it('is not what networkd makes of a link', () => {
    const failing = fought(5, 'x setup');
    expect(foughtFields(failing, now + 5_000)).to.deep.equal([]);
    expect(mayRepair(failing, 'x setup', now + 5_000)).to.equal(false);
  });

  it('is about a link that is deleted again and again, not about what completes it', () => {
    let progress: Progress | undefined;
    for (const at of [0, 60_000, 120_000]) {
      const made = next(progress, { repaired: ['mv-mgmt-v1 missing'] }, now + at);
      const plugged = next(made, { repaired: ['mv-mgmt-v1 master', 'mv-mgmt mode'] }, now + at + 100);
      expect(mayRepair(made, 'mv-mgmt-v1 master', now + at + 100)).to.equal(true);
      progress = next(plugged, { ok: true }, now + at + 1_000);
    }
    expect(foughtFields(progress, now + 130_000)).to.deep.equal(['mv-mgmt mode', 'mv-mgmt-v1 missing']);
    expect(mayRepair(progress, 'mv-mgmt-v1 missing', now + 121_000)).to.equal(false);
  });

  it('is not the trying of one repair that does not help', () => {
    let progress = next(undefined, { repaired: ['x address'] });
    for (let i = 0; i < 5; i++) progress = next(progress, { repaired: ['x address'] }, progress?.nextAt);
    expect(progress?.attempts).to.equal(6);
    expect(foughtFields(progress, now + 1_000)).to.deep.equal([]);
  });

  it('is over ten minutes later, and forgotten', () => {
    expect(next(fought(3), { ok: true }, now + fight.window + 2_000)).to.equal(undefined);
  });

  it('comes of repairs that do not wait their turn too, whatever began it', () => {
    for (const cause of [{ changed: true }, {}]) {
      let progress = next(undefined, cause);
      for (let i = 1; i <= 3; i++) progress = next(progress, { repaired: ['x master'] }, now + i);
      expect(mayRepair(progress, 'x master', now + 4), JSON.stringify(cause)).to.equal(false);
    }
  });

  it('bounds the repairs of any field under a rain of events, whatever comes', (): void | Promise<void> => {
    const turn = fc.record({
      ok: fc.boolean(),
      busy: fc.boolean(),
      changed: fc.constant(false),
      wait: fc.nat(500),
    });
    return fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 300 }), (turns) => {
        let progress: Progress | undefined;
        let at = now;
        let repairs = 0;
        for (const { wait, ...outcome } of turns) {
          at += wait;
          const repaired = mayRepair(progress, 'x master', at) ? ['x master'] : [];
          repairs += repaired.length;
          progress = next(progress, { ...outcome, repaired }, at);
        }
        // 150 s: three at once, then after 10, 20, 40, 80 s; and the tries of the ladder.
        expect(repairs).to.be.at.most(14);
      }),
    );
  });
});

describe('a field that went wrong only now', () => {
  it('does not wait for the repair of another, but for its own', () => {
    const repaired = next(undefined, { repaired: ['x master'] });
    expect(isFresh(repaired, 'x address')).to.equal(true);
    expect(isFresh(repaired, 'x master')).to.equal(false);
    const both = next(repaired, { repaired: ['x address'] }, now + 100);
    expect(isFresh(both, 'x address')).to.equal(false);
  });

  it('is none while a change is on its way', () => {
    expect(isFresh(next(undefined, { changed: true }), 'x address')).to.equal(false);
    expect(isFresh(undefined, 'x address')).to.equal(false);
  });

  it('does not wait for a change that cannot be completed, and lets that be tried again soon', () => {
    const changed = next(undefined, { changed: true });
    const stuck = next(changed, {}, now + backoff.settle);
    expect(isFresh(stuck, 'x mtu')).to.equal(true);
    const repaired = next(stuck, { repaired: ['x mtu'] }, now + backoff.settle + 1);
    expect(repaired).to.deep.include({ attempts: 1, nextAt: now + 2 * backoff.settle + 1 });
    expect(isFresh(repaired, 'x mtu')).to.equal(false);
  });
});
