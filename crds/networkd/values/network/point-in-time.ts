import { microseconds } from '../numbers.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** A date, a time of day, or both. */
const moment =
  /^(?:(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})(?:([ T])(?=\d)|$))?(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,6})?)?)?$/;

/**
 * A point in time as systemd.time(7) describes it. The name of a time zone is not looked up.
 * @param isRfc3339 whether `T`, and `Z` or an offset right behind the time, are taken: systemd 257 and later
 */
export function isPointInTime(text: string, isRfc3339: boolean): boolean {
  if (text === 'now') return true;
  const [, after, before] = /^[@+-](.*)$|^(.*) (?:ago|left)$/.exec(text) ?? [];
  const span = after ?? before;
  if (span !== undefined) return span === 'infinity' || microseconds(span, 1_000_000n) !== undefined;
  const local = withoutZone(text, isRfc3339);
  if (['today', 'yesterday', 'tomorrow'].includes(local)) return true;
  const [, weekday, rest = ''] = /^(?:([a-z]+) )?(.+)$/i.exec(local) ?? [];
  const [, year, month, day, separator, hour, minute, second] = moment.exec(rest) ?? [];
  if (year === undefined && hour === undefined) return false;
  if (separator === 'T' && !(isRfc3339 && year?.length === 4)) return false;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 61) return false;
  return isOnWeekday(weekday, year === undefined ? undefined : dateOf(year, Number(month), Number(day)));
}

function withoutZone(text: string, isRfc3339: boolean): string {
  const suffix = isRfc3339 ? /(?<=\d\d)Z$|(?<=\d)[+-]\d{2}:\d{2}$/ : /$/;
  const local = text.replace(suffix, '');
  if (local !== text) return local;
  return text.replace(/ (?:UTC|[+-]\d{2}:?\d{2}|[a-z][a-z_]*(?:\/[a-z0-9_+-]+)*)$/i, '');
}

/** Of years with two digits, those from 69 on are in the last century. */
function dateOf(year: string, month: number, day: number): Date | 'none' {
  const century = year.length === 4 ? 0 : Number(year) < 69 ? 2000 : 1900;
  const full = century + Number(year);
  if (full < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return 'none';
  return new Date(Date.UTC(full, month - 1, day));
}

/** Whether a date exists and is on the weekday that stands before it, if one does; a time of day is on any. */
function isOnWeekday(weekday: string | undefined, date: Date | 'none' | undefined): boolean {
  if (date === 'none') return false;
  if (weekday === undefined) return true;
  const index = weekdays.findIndex((name) => [name, name.slice(0, 3)].includes(weekday.toLowerCase()));
  return index !== -1 && (date === undefined || date.getUTCDay() === index);
}
