/** Whoever reads the mails and the issues: what was told, how often, and what is still open. */

import { runsOf } from './calendar.ts';
import type { Made } from './chance.ts';
import { files, holds, hour, wantedOf } from './customer.ts';
import type { World } from './world.ts';
import type { Look } from './year.ts';

const linesOf = (text: string): readonly string[] => text.split('\n').filter(Boolean);
const show = (time: number): string => new Date(time).toISOString().slice(0, 16);
const nobodyLooks = 'No watchdog looks at acme/backups';

export class Reader {
  /** Whatever was not as it must be. */
  readonly faults: string[] = [];
  /** What was told again by the look after one that died. */
  readonly again: string[] = [];
  /** How often a title was told by mail. */
  readonly told = new Map<string, number>();
  /** What is open by the mails after each look of the function. */
  readonly states: { readonly time: number; readonly open: ReadonlySet<string> }[] = [];
  /** Looks of both at the same time. */
  together = 0;
  readonly #open = new Set<string>();
  #issues: { readonly time: number; readonly open: string } = { time: 0, open: '' };
  #mails = 0;
  #changes = 0;
  #hasDied = false;

  readonly see = (look: Look, world: World): void => {
    if (look.inStack) this.#readMails(look, world);
    else this.#readIssues(look, world);
  };

  #readMails(look: Look, { notices }: World): void {
    const mails = notices.mails.slice(this.#mails);
    this.#mails = notices.mails.length;
    if (mails.length > 1) this.#fault(look, `${mails.length} mails of one look`);
    for (const { subject, text } of mails) {
      const paragraphs = text.split('\n\n').slice(0, -1);
      if (!subject.startsWith('Holdfast: ')) this.#fault(look, `a mail with the subject ${subject}`);
      for (const paragraph of paragraphs) this.#read(paragraph, look);
    }
    const open = [...this.#open].toSorted().join('\n');
    this.#compare(look, open, 'by mail');
    this.states.push({ time: look.time, open: new Set(this.#open) });
    this.#hasDied = look.dies;
    if (this.#issues.time !== look.time) return;
    this.together += 1;
    if (
      this.#issues.open !==
      linesOf(open)
        .filter((title) => title !== nobodyLooks)
        .join('\n')
    )
      this.#fault(look, `the watchdogs do not agree: issues ${this.#issues.open}; mails ${open}`);
  }

  /** Each volume of an instance is told by itself: the instance is open until none is left. */
  #read(paragraph: string, look: Look): void {
    const [title = ''] = paragraph.split('\n', 1);
    const isOver = title.startsWith('Over: ');
    const own = isOver ? title.slice('Over: '.length) : title;
    const name = own.replace(/volume vol-\w+ of /, 'the volumes of ');
    const isOfMore = isOver ? paragraph.includes('\n  Not over: ') : name !== own && this.#open.has(name);
    if (isOfMore && this.#open.has(name)) return;
    if (this.#open.has(name) === !isOver) {
      this.again.push(title);
      if (!this.#hasDied) this.#fault(look, `${title}: told twice`);
      return;
    }
    if (isOver) this.#open.delete(name);
    else {
      this.#open.add(name);
      this.told.set(name, (this.told.get(name) ?? 0) + 1);
    }
  }

  #readIssues(look: Look, { issues }: World): void {
    const titles = issues.all.flatMap(({ title, state }) => (state === 'open' ? [title] : [])).toSorted();
    const before = new Set(linesOf(this.#issues.open));
    const open = titles.join('\n');
    this.#changes += titles.filter((title) => !before.has(title)).length;
    this.#changes += [...before].filter((title) => !titles.includes(title)).length;
    if (new Set(titles).size < titles.length) this.#fault(look, `two issues of the same: ${open}`);
    // An issue says by a comment that it is closed, or open again, or which volume joined or came back, and nothing more.
    const ofVolume = /^(⚠️ Also|✅ Over): .*volume vol-/;
    const comments = issues.all.flatMap((one) => one.comments).filter((text) => !ofVolume.test(String(text))).length;
    if (comments !== this.#changes - issues.all.length)
      this.#fault(look, `${comments} comments for ${this.#changes} changes of ${issues.all.length} issues`);
    this.#issues = { time: look.time, open };
    this.#compare(look, open, 'as issues');
  }

  #compare(look: Look, open: string, how: string): void {
    if (open === look.wanted) return;
    const [now, wanted] = [linesOf(open), linesOf(look.wanted)];
    for (const title of now.filter((one) => !wanted.includes(one)))
      this.#fault(look, `${title}: told ${how}, and not so`);
    for (const title of wanted.filter((one) => !now.includes(one))) this.#fault(look, `${title}: not told ${how}`);
  }

  #fault({ time }: Look, what: string): void {
    this.faults.push(`${show(time)} ${what}`);
  }
}

/**
 * Misses that were not told within an hour after their allowance, run by run: from when and until when, by nothing but the schedules and
 * what was made. Of `moved`, whose allowance changes, only the model knows.
 */
export function toldLate(
  made: readonly Made[],
  { states }: Reader,
): { readonly misses: number; readonly late: readonly string[] } {
  const late: string[] = [];
  let misses = 0;
  for (const file of files)
    for (const job of file.jobs)
      for (const at of file.lines.flatMap(runsOf)) {
        const due = at + wantedOf(job.source, at).allowance * hour;
        const [isPromised, isStill] = [at, due + 13 * hour].map((time) => holds(file, time) && holds(job, time));
        if (job.source === 'moved' || !isPromised || !isStill) continue;
        const kept = made.find(({ source, takenAt }) => source === job.source && takenAt >= at);
        if ((kept?.appearsAt ?? Number.POSITIVE_INFINITY) <= due + hour) continue;
        const state = states.findLast(({ time }) => time <= due + hour);
        // Before the first look on GitHub that finds the schedule, nobody has promised it.
        if (at - Math.max(file.from ?? 0, job.from ?? 0, states[0]?.time ?? 0) < 24 * hour) continue;
        misses += 1;
        if (!state?.open.has(`Backup of ${job.source} is missing`)) late.push(`${job.source} ${show(at)}`);
      }
  return { misses, late };
}
