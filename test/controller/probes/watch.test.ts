import { expect } from 'chai';
import { ProbeWatch } from '../../../controller/probes/watch.ts';
import type { Probe } from '../../../state/probe.ts';
import { ManualClock } from '../manual-clock.ts';

const probe = (name: string): Probe => ({
  id: `ConnectivityProbe/${name}`,
  target: { type: 'ping', host: '192.0.2.5' },
  timeoutMs: 1_000,
});
/** Until what was asked has been answered. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

describe('the watch over the probes of documents', () => {
  let clock: ManualClock;
  let trouble: string;
  let asked: string[];
  let woken: string[];
  let watch: ProbeWatch;

  beforeEach(() => {
    clock = new ManualClock();
    trouble = '';
    asked = [];
    woken = [];
    const check = async ({ id }: Probe) => {
      asked.push(id);
      return trouble;
    };
    watch = new ProbeWatch({ clock, probes: { automatic: async () => [], check } }, (key) => woken.push(key));
  });

  it('asks at once, and again every minute', async () => {
    watch.follow([probe('a')]);
    await answered();
    clock.advance(59_999);
    expect(asked).to.deep.equal(['ConnectivityProbe/a']);
    clock.advance(1);
    expect(asked).to.deep.equal(['ConnectivityProbe/a', 'ConnectivityProbe/a']);
  });

  it('wakes the loop only when an answer changes, and knows since when', async () => {
    watch.follow([probe('a')]);
    await answered();
    for (const words of ['', 'no answer', 'no route', '']) {
      trouble = words;
      clock.advance(60_000);
      await answered();
    }
    expect(woken).to.have.length(3);
    expect([...watch.answers().values()]).to.deep.equal([{ trouble: '', since: 240_000 }]);
  });

  it('does not ask again when the same is wanted, and asks for what is new', async () => {
    watch.follow([probe('a')]);
    await answered();
    watch.follow([probe('a')]);
    expect(asked).to.have.length(1);
    watch.follow([probe('a'), probe('b')]);
    await answered();
    expect([...watch.answers().keys()]).to.deep.equal(['ConnectivityProbe/a', 'ConnectivityProbe/b']);
  });

  it('forgets the answers of what is not asked any more, and rests when nothing is', async () => {
    watch.follow([probe('a')]);
    await answered();
    watch.follow([]);
    expect([...watch.answers()]).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });

  it('takes no answer that comes after its end', async () => {
    watch.follow([probe('a')]);
    watch.stop();
    await answered();
    expect(woken).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });
});
