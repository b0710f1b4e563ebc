/**
 * How PostgreSQL reads dates and times with its usual settings (its manual, "Date/Time Input Interpretation"): words, numbers and signs in
 * nearly any order, a month before its day.
 */

const months = 'january february march april may june july august september october november december'.split(' ');
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const shortWeekdays = /^(sun|mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat)$/;
/** Moments, and days that a time may follow. */
const moments = /^([+-]?infinity|epoch|now)$/;
const days = /^(today|tomorrow|yesterday)$/;
const fillers = /^(ad|bc|at|on|dst|t)$/;
/** The usual ones of PostgreSQL's own list. */
const zones =
  /^(z|zulu|utc?|gmt|[ecmp][sd]t|ak[sd]t|hst|w[ae]?s?t|cest?|eest?|mest?|mez|bst|ist|msk|jst|kst|sgt|nz[sd]t|a[ecw][sd]t|sast|brt|art|clt|pkt)$/;
const zoneName = /^[a-z]+(?:\/[a-z0-9_+-]+)+$/;
const offset = /^[+-](\d{1,2})(:?\d\d){0,2}$/;
const farthestHour = 15;
const clock = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d*)?)?([ap]m)?(.*)$/;

/** @param needs what must be there: a day, or at least a time */
export function isDateOrTime(text: string, needs: 'day' | 'time'): boolean {
  const lower = text.trim().toLowerCase();
  if (moments.test(lower)) return needs === 'day' || lower === 'now';
  // What stands for several words: `2020-01-05T10:00`, `1999-01-08Z`, `10:00 pm`.
  const spaced = lower
    .replace(/t(?=\d{1,2}:|\d{4,6}(?:\D|$))/g, ' ')
    .replace(/(\d)(z|zulu)$/, '$1 $2')
    .replace(/\b(\d{6})(?=[+-]\d)/, '$1 ')
    .replace(/(\d)\s+([ap]m)\b/, '$1$2');
  const parts = spaced.split(/[\s,]+/).filter((one) => one !== '');
  const reading = new Reading(needs);
  return parts.every((part) => reading.add(part)) && reading.isWhole;
}

class Reading {
  readonly #needs: 'day' | 'time';
  /** Fields of a day: numbers, and names of months. */
  readonly #fields: string[] = [];
  #hasDay = false;
  #hasTime = false;
  #hasZoneName = false;

  constructor(needs: 'day' | 'time') {
    this.#needs = needs;
  }

  get isWhole(): boolean {
    const hasDay = this.#hasDay || (this.#fields.length === 3 && isDay(this.#fields));
    if (this.#fields.length > 0 && !hasDay) return false;
    // Where a place is, hours from it depend on the day.
    return this.#needs === 'day' ? hasDay : this.#hasTime && (hasDay || !this.#hasZoneName);
  }

  /** @returns whether the part may stand there */
  add(part: string): boolean {
    const time = clock.exec(part);
    if (time !== null) return this.#addTime(time);
    if (/^\d+$/.test(part)) return this.#addNumber(part);
    if (offset.test(part) && (this.#hasTime || this.#hasDay || this.#fields.length > 0)) return isOffset(part);
    if (days.test(part) || /^j\d+$/.test(part) || /^\d{4}[.-]\d{3}$/.test(part)) return this.#addDay();
    return this.#addWord(part) || this.#addFields(part);
  }

  #addTime([, hours = '', minutes = '', seconds = '0', half, rest = '']: RegExpExecArray): boolean {
    if (this.#hasTime) return false;
    this.#hasTime = true;
    const [hour, minute, second] = [hours, minutes, seconds].map(Number) as [number, number, number];
    const isEnd = hour === 24 && minute === 0 && second === 0;
    const isHour = half === undefined ? hour < 24 || isEnd : hour <= 12;
    return isHour && minute < 60 && second <= 60 && (rest === '' || isOffset(rest) || zones.test(rest));
  }

  /** `20200105`, `133000`, a year, or a field of a day. */
  #addNumber(digits: string): boolean {
    const isTime = !this.#hasTime && (this.#hasDay || this.#fields.length === 3 || this.#needs === 'time');
    if (isTime && (digits.length === 4 || digits.length === 6)) {
      this.#hasTime = true;
      return Number(digits.slice(0, 2)) <= 24 && Number(digits.slice(2, 4)) < 60 && Number(digits.slice(4)) <= 60;
    }
    const [, year, month = '', day = ''] = /^(\d{2}|\d{4})(\d\d)(\d\d)$/.exec(digits) ?? [];
    if (year === undefined || digits.length < 6) return this.#addFields(digits);
    return this.#addDay() && isCalendarDay(year, Number(month), Number(day));
  }

  #addDay(): boolean {
    if (this.#hasDay || this.#fields.length > 0) return false;
    this.#hasDay = true;
    return true;
  }

  #addWord(part: string): boolean {
    const bare = part.replace(/\.$/, '');
    if (zoneName.test(bare)) this.#hasZoneName = true;
    if (bare === 'allballs') this.#hasTime = true;
    const isWeekday = weekdays.includes(bare) || shortWeekdays.test(bare);
    return isWeekday || fillers.test(bare) || zones.test(bare) || zoneName.test(bare) || bare === 'allballs';
  }

  /** `5-Jan-2020`, `1/5/2020`, `2020.01.05`, `Jan`. */
  #addFields(part: string): boolean {
    const fields = part.split(/[-/.]/).filter((one, index, all) => one !== '' || index < all.length - 1);
    this.#fields.push(...fields);
    return (
      !this.#hasDay && this.#fields.length <= 3 && fields.every((one) => /^\d{1,7}$/.test(one) || monthOf(one) > 0)
    );
  }
}

function isOffset(text: string): boolean {
  const [, hours] = offset.exec(text) ?? [];
  return hours !== undefined && Number(hours) <= farthestHour;
}

/** From 1; 0 for what is none. */
function monthOf(word: string): number {
  if (word === 'sept') return 9;
  return months.findIndex((month) => month === word || month.slice(0, 3) === word) + 1;
}

function isDay(fields: readonly string[]): boolean {
  const named = fields.findIndex((one) => monthOf(one) > 0);
  const [first = '', second = '', third = ''] = fields;
  if (named < 0)
    return first.length > 2
      ? isCalendarDay(first, Number(second), Number(third))
      : isCalendarDay(third, Number(first), Number(second));
  const month = monthOf(fields[named] as string);
  const [one = '', other = ''] = fields.filter((_, index) => index !== named);
  return one.length > 2 ? isCalendarDay(one, month, Number(other)) : isCalendarDay(other, month, Number(one));
}

/** @param year of two digits, of a year from 1970 to 2069, or of more */
function isCalendarDay(year: string, month: number, day: number): boolean {
  const date = new Date(0);
  const century = year.length > 2 ? 0 : Number(year) < 70 ? 2000 : 1900;
  date.setUTCFullYear(century + Number(year), month - 1, day);
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day && century + Number(year) > 0;
}
