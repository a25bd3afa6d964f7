import { parseArgs } from 'node:util';
import { bundle, load } from './bundle.ts';
const { values } = parseArgs({ options: { seed: { type: 'string' }, from: { type: 'string', default: '1' }, schedules: { type: 'string' } } });
const sim = await load(await bundle());
if (values.seed) {
  const o = await sim.run(sim.scheduleOf(Number(values.seed)), true);
  console.log(o.trace.join('\n'));
  console.log({ ...o, trace: 0 });
} else {
  const t0 = performance.now();
  const kinds = new Map<string, number[]>();
  const n = Number(values.schedules);
  let turns = 0, passes = 0, steps = 0;
  for (let s = Number(values.from); s < Number(values.from) + n; s++) {
    const o = await sim.run(sim.scheduleOf(s));
    turns += o.turns; passes += o.passes; steps += o.steps;
    if (o.failure) {
      const key = o.failure.slice(0, 160);
      kinds.set(key, [...(kinds.get(key) ?? []), s]);
    }
  }
  const secs = (performance.now() - t0) / 1000;
  for (const [k, v] of [...kinds].sort((a, b) => b[1].length - a[1].length)) console.log(v.length, v.slice(0, 4).join(','), k);
  console.log({ n, secs, perSecond: n / secs, turns: turns / n, passes: passes / n, steps: steps / n });
}
