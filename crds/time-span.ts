/** Seconds per unit, as systemd.time(7) spells them. */
const units: Readonly<Record<string, number>> = {
  usec: 1e-6,
  us: 1e-6,
  µs: 1e-6,
  msec: 1e-3,
  ms: 1e-3,
  seconds: 1,
  second: 1,
  sec: 1,
  s: 1,
  minutes: 60,
  minute: 60,
  min: 60,
  m: 60,
  hours: 3600,
  hour: 3600,
  hr: 3600,
  h: 3600,
  days: 86_400,
  day: 86_400,
  d: 86_400,
  weeks: 604_800,
  week: 604_800,
  w: 604_800,
  months: 2_629_800,
  month: 2_629_800,
  M: 2_629_800,
  years: 31_557_600,
  year: 31_557_600,
  y: 31_557_600,
};

/**
 * Seconds of a time span such as `3h`, `1h 30min` or `3600`; undefined when it is none.
 * @see systemd.time(7); a number without unit counts seconds. `infinity` is no lease time and so not taken.
 */
export function timeSpanSeconds(text: string): number | undefined {
  if (!/^\s*\d/.test(text)) return undefined;
  let seconds = 0;
  let rest = text.trim();
  while (rest !== '') {
    const part = /^(\d{1,15}(?:\.\d{1,9})?)[ \t]*([a-zµ]*)[ \t]*/i.exec(rest);
    if (!part) return undefined;
    const unit = part[2] === '' ? 1 : Object.hasOwn(units, part[2] ?? '') ? units[part[2] ?? ''] : undefined;
    if (unit === undefined) return undefined;
    seconds += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  return seconds;
}
