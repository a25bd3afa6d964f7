const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Up to `below` ms a duration is written in `unit`, with the rest in `rest` where that still tells something. */
const scales: readonly {
  below: number;
  unit: number;
  letter: string;
  rest?: { unit: number; letter: string };
}[] = [
  { below: 2 * minute, unit: second, letter: 's' },
  { below: 10 * minute, unit: minute, letter: 'm', rest: { unit: second, letter: 's' } },
  { below: 3 * hour, unit: minute, letter: 'm' },
  { below: 8 * hour, unit: hour, letter: 'h', rest: { unit: minute, letter: 'm' } },
  { below: 2 * day, unit: hour, letter: 'h' },
  { below: 8 * day, unit: day, letter: 'd', rest: { unit: hour, letter: 'h' } },
  { below: Number.POSITIVE_INFINITY, unit: day, letter: 'd' },
];

/** Milliseconds as kubectl writes an age: `45s`, `5m10s`, `2h`, `3d4h`, `400d`. */
export function humanDuration(ms: number): string {
  const span = Math.max(0, ms);
  const scale = scales.find(({ below }) => span < below);
  if (scale === undefined) return '<unknown>';
  const whole = `${Math.floor(span / scale.unit)}${scale.letter}`;
  if (scale.rest === undefined) return whole;
  const rest = Math.floor((span % scale.unit) / scale.rest.unit);
  return rest === 0 ? whole : `${whole}${rest}${scale.rest.letter}`;
}

/** How long ago an RFC 3339 time was. */
export function ageOf(time: string, now: number): string {
  return humanDuration(now - Date.parse(time));
}
