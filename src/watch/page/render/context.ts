/** What every part of the page is given. */
import { type DayOf, daysIn } from '../model/days.ts';
import type { PageModel } from '../model/model.ts';
import { type Room, roomFor } from './room.ts';
import { type TimeWords, timesIn } from './words.ts';

export interface PageContext {
  readonly model: PageModel;
  readonly dayOf: DayOf;
  readonly time: TimeWords;
  readonly room: Room;
  /** Anchor of a source's own part, by its key. */
  readonly anchor: (key: string) => string;
}

export function contextOf(model: PageModel): PageContext {
  const dayOf = daysIn(model.settings.timeZone);
  const anchors = new Map<string, string>();
  for (const { key } of model.sources) {
    // Names are foreign: what is left of one makes an anchor, with a number where that is taken.
    const plain = key
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    const taken = [...anchors.values()];
    let anchor = `s-${plain}`;
    for (let at = 2; taken.includes(anchor); at += 1) anchor = `s-${plain}-${at}`;
    anchors.set(key, anchor);
  }
  return {
    ...{ model, dayOf, room: roomFor(model.sources.length) },
    time: timesIn(model.settings.timeZone, dayOf),
    anchor: (key) => anchors.get(key) ?? 's',
  };
}
