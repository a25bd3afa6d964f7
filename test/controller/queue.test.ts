import { expect } from 'chai';
import * as fc from 'fast-check';
import { WorkQueue } from '../../controller/queue.ts';
import { ManualClock } from './manual-clock.ts';

function make() {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue<string>(clock) };
}

/** What can be taken now; undefined where taking would wait. */
async function ready(queue: WorkQueue<string>): Promise<readonly string[] | undefined> {
  const waits = Symbol();
  const taken = await Promise.race([queue.take(), new Promise((resolve) => setImmediate(resolve, waits))]);
  return taken === waits ? undefined : [...(taken as ReadonlySet<string>)];
}

describe('the work queue', () => {
  it('hands out everything that is ready at once, each key once', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(await ready(queue)).to.deep.equal(['a', 'b']);
  });

  it('wakes a worker that waits', async () => {
    const { queue } = make();
    const taken = queue.take();
    queue.add('a');
    expect([...(await taken)]).to.deep.equal(['a']);
  });

  it('hands out a key again when it became dirty while it was processed, and not before that is done', async () => {
    const { queue } = make();
    queue.add('a');
    const keys = await queue.take();
    queue.add('a');
    queue.add('a');
    const next = queue.take();
    let over = false;
    void next.then(() => {
      over = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).to.equal(false);
    queue.done(keys);
    expect([...(await next)]).to.deep.equal(['a']);
    queue.done(['a']);
    expect(await ready(queue)).to.equal(undefined);
  });

  it('hands out other keys while one is processed', async () => {
    const { queue } = make();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('b');
    expect(await ready(queue)).to.deep.equal(['b']);
  });

  it('adds a key when its time has come, and not before', async () => {
    const { clock, queue } = make();
    queue.addAt('a', 100);
    clock.advance(99);
    const taken = queue.take();
    clock.advance(1);
    expect([...(await taken)]).to.deep.equal(['a']);
  });

  it('keeps the earliest appointment of a key, and one timer for it', () => {
    for (const times of [
      [300, 100, 200],
      [100, 300],
      [100, 100],
    ]) {
      const { clock, queue } = make();
      for (const at of times) queue.addAt('a', at);
      expect(clock.pending).to.equal(1);
      clock.advance(99);
      expect(clock.pending).to.equal(1);
      clock.advance(1);
      expect(clock.pending).to.equal(0);
    }
  });

  it('makes a new appointment after the last one', async () => {
    const { clock, queue } = make();
    queue.addAt('a', 10);
    clock.advance(10);
    queue.done(await queue.take());
    queue.addAt('a', 5);
    clock.advance(0);
    expect(await ready(queue)).to.deep.equal(['a']);
  });

  it('forgets an appointment', async () => {
    const { clock, queue } = make();
    queue.addAt('a', 10);
    queue.forget('a');
    queue.forget('never');
    clock.advance(20);
    expect([clock.pending, await ready(queue)]).to.deep.equal([0, undefined]);
  });

  it('ends the worker and every timer when it is closed', async () => {
    const { clock, queue } = make();
    queue.addAt('a', 10);
    const taken = queue.take();
    queue.close();
    expect([...(await taken)]).to.deep.equal([]);
    queue.add('b');
    queue.addAt('c', 1);
    expect([clock.pending, [...(await queue.take())]]).to.deep.equal([0, []]);
  });

  it('loses nothing, whatever order things come in', async () => {
    const keys = fc.constantFrom('a', 'b', 'c');
    const act = fc.constantFrom('add', 'later', 'advance', 'take', 'done');
    const action = fc.record({ act, key: keys, ms: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { clock, queue } = make();
        const owed = new Set<string>();
        let held: ReadonlySet<string> = new Set();
        const acts = {
          add(key: string) {
            owed.add(key);
            queue.add(key);
          },
          later(key: string, ms: number) {
            owed.add(key);
            queue.addAt(key, clock.now() + ms);
          },
          advance: (_: string, ms: number) => clock.advance(ms),
          async take(key: string) {
            if (held.size > 0) return;
            queue.add(key);
            held = await queue.take();
            for (const one of held) owed.delete(one);
          },
          done() {
            queue.done(held);
            held = new Set();
          },
        };
        for (const { act, key, ms } of actions) await acts[act](key, ms);
        queue.done(held);
        clock.advance(1_000);
        const rest = (await ready(queue)) ?? [];
        expect([...owed].filter((key) => !rest.includes(key))).to.deep.equal([]);
      }),
    );
  });
});
