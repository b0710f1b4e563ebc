/** The words of the page, and its numbers and times as people read them. */
import type { BackupKind } from '../../../domain/backup.ts';
import { formatDuration } from '../../../runtime/format.ts';
import type { DayCode } from '../model/history.ts';
import type { SourceState } from '../model/source.ts';

export const kindWords: Readonly<Record<BackupKind, string>> = {
  'volume-snapshot': 'data volume',
  'rotation-snapshot': 'rotation snapshots',
  'database-dump': 'database dump',
};

export const stateWords: Readonly<Record<SourceState, string>> = {
  bad: 'Bad',
  missing: 'Missing',
  'too-old': 'Too old',
  unproven: 'Not proven',
  'too-slow': 'Too slow to restore',
  unknown: 'Not known',
  proven: 'Proven',
  waiting: 'Not due yet',
  taken: 'Taken, not proven',
  retired: 'No longer promised',
};

/** What a state has in common with others, for the eye. */
export type Tone = 'good' | 'bad' | 'late' | 'half' | 'calm';

export const tones: Readonly<Record<SourceState, Tone>> = {
  bad: 'bad',
  missing: 'late',
  'too-old': 'late',
  unproven: 'half',
  'too-slow': 'late',
  unknown: 'late',
  proven: 'good',
  waiting: 'calm',
  taken: 'half',
  retired: 'calm',
};

export const dayWords: Readonly<Record<DayCode, string>> = {
  p: 'proven',
  t: 'taken but unproven',
  b: 'bad',
  m: 'missed',
  n: 'nothing promised',
  w: 'not due yet',
  u: 'no record',
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function monthWord(day: string): string {
  return months[Number(day.slice(5, 7)) - 1] ?? '';
}

/** `27 Nov 2026`. */
export function dateWords(day: string): string {
  return `${Number(day.slice(8))} ${monthWord(day)} ${day.slice(0, 4)}`;
}

/** `27 Nov` within the year of `today`, and with its year otherwise. */
export function shortDate(day: string, today: string): string {
  return day.slice(0, 4) === today.slice(0, 4) ? `${Number(day.slice(8))} ${monthWord(day)}` : dateWords(day);
}

export type TimeWords = (iso: string | Date) => string;

/** `27 Nov 2026, 03:12`, in a zone that the page names once. */
export function timesIn(timeZone: string, dayOf: (moment: Date | string) => string): TimeWords {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (moment) => `${dateWords(dayOf(moment))}, ${clock.format(new Date(moment))}`;
}

/** A duration that somebody set: `15 min`, `1 h`. */
export function targetWords(seconds: number): string {
  return formatDuration(seconds)
    .replace(/ 00 (s|min)$/, '')
    .replace(/\.0+ s$/, ' s');
}

/** `40 min`, `26 h`, `3 days`: an age that a tired reader compares at a glance. */
export function ageWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
