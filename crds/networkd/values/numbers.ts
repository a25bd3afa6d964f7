/** How systemd reads numbers, spans of time and sizes (src/basic/parse-util.c, time-util.c). */

const bases = { b: '0b', o: '0o', x: '0x' } as const;

/**
 * A whole number in decimal digits, or in others behind `0x`, `0o` and `0b`; a leading zero alone means octal ones, and
 * with `base` 16 hexadecimal ones need nothing before them. Undefined for what is none.
 */
export function wholeNumber(text: string, base: 10 | 16 = 10): bigint | undefined {
  // To a hexadecimal number a `b` is a digit.
  const form = base === 16 ? /^\s*([+-]?)(?:0(x))?([0-9a-f]+)$/i : /^\s*([+-]?)(?:0([box]))?([0-9a-f]+)$/i;
  const [, sign = '', mark = '', digits = ''] = form.exec(text) ?? [];
  const isOctal = base === 10 && mark === '' && /^0./.test(digits);
  const plain = base === 16 ? '0x' : isOctal ? '0o' : '';
  const prefix = bases[mark.toLowerCase() as keyof typeof bases] ?? plain;
  try {
    const value = BigInt(prefix + digits);
    return digits === '' ? undefined : sign === '-' ? -value : value;
  } catch {
    // A digit that the base does not have.
    return undefined;
  }
}

/** Both ends of `5-9`, or twice the number of `5`; white space before a number does not count. */
export function rangeOf(text: string): readonly [bigint, bigint] | undefined {
  const dash = text.indexOf('-');
  const low = wholeNumber(dash === -1 ? text : text.slice(0, dash));
  const high = dash === -1 ? low : wholeNumber(text.slice(dash + 1));
  return low === undefined || high === undefined ? undefined : [low, high];
}

/** Microseconds per unit of systemd.time(7). */
const units: Readonly<Record<string, bigint>> = {
  usec: 1n,
  us: 1n,
  µs: 1n,
  μs: 1n,
  msec: 1000n,
  ms: 1000n,
  ...spelled(['seconds', 'second', 'sec', 's'], 1_000_000n),
  ...spelled(['minutes', 'minute', 'min', 'm'], 60_000_000n),
  ...spelled(['hours', 'hour', 'hr', 'h'], 3_600_000_000n),
  ...spelled(['days', 'day', 'd'], 86_400_000_000n),
  ...spelled(['weeks', 'week', 'w'], 604_800_000_000n),
  ...spelled(['months', 'month', 'M'], 2_629_800_000_000n),
  ...spelled(['years', 'year', 'y'], 31_557_600_000_000n),
};

function spelled(words: readonly string[], value: bigint): Record<string, bigint> {
  return Object.fromEntries(words.map((word) => [word, value]));
}

/** One below USEC_INFINITY, and NSEC_INFINITY. */
const longest = 2n ** 64n - 2n;

/** A finite span of time such as `1h 30min` or `1.5`; `plain` is the unit of a number without one. */
export function microseconds(text: string, plain: bigint): bigint | undefined {
  return spanOf(text, plain, units);
}

const nanosecondUnits: Readonly<Record<string, bigint>> = {
  nsec: 1n,
  ns: 1n,
  ...Object.fromEntries(Object.entries(units).map(([unit, scale]) => [unit, scale * 1000n])),
};

/** The same in nanoseconds. */
export function nanoseconds(text: string, plain: bigint): bigint | undefined {
  return spanOf(text, plain, nanosecondUnits);
}

function spanOf(text: string, plain: bigint, units: Readonly<Record<string, bigint>>): bigint | undefined {
  // Nothing need stand before a point, but neither `1.2.3` nor `1+2` is a sum.
  const part = /\s*(?:(?<!\d)\+)?(\d+|(?<![\d+])(?=\.\d))(?:\.(\d+))?\s*([a-zµμ]*)/iy;
  let total = 0n;
  if (!/\d/.test(text)) return undefined;
  while (part.lastIndex < text.trimEnd().length) {
    const [, whole, fraction = '', unit = ''] = part.exec(text) ?? [];
    const scale = unit === '' ? plain : Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (whole === undefined || scale === undefined) return undefined;
    total += BigInt(whole) * scale + (BigInt(`0${fraction}`) * scale) / 10n ** BigInt(fraction.length);
  }
  return total <= longest ? total : undefined;
}

const suffixes: readonly string[] = ['E', 'P', 'T', 'G', 'M', 'K', 'B'];

/** A size such as `1500`, `1.5M` or `1G 512M` in bytes; `base` is 1000 or 1024. */
export function sizeOf(text: string, base: bigint): bigint | undefined {
  const part = /\s*\+?(\d+)(?:\.(\d*))?\s*([EPTGMKB]?)/y;
  let total = 0n;
  let next = 0;
  if (text === '') return undefined;
  while (part.lastIndex < text.length) {
    const [, whole, fraction = '', suffix = ''] = part.exec(text) ?? [];
    // Smaller ones follow larger ones, and nothing what has no suffix.
    const rank = suffix === '' ? suffixes.length : suffixes.indexOf(suffix);
    if (whole === undefined || rank < next) return undefined;
    next = rank + 1;
    const factor = base ** BigInt(Math.max(0, suffixes.length - 1 - rank));
    total += BigInt(whole) * factor + (BigInt(`0${fraction}`) * factor) / 10n ** BigInt(fraction.length);
  }
  return total < 2n ** 64n ? total : undefined;
}
