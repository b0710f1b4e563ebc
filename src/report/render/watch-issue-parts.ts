/**
 * An issue of the watchdog whose source has several parts (the databases of a server, the volumes of an instance): which of them fail is
 * written into its body, so that each is told once when it joins, and once when it came back.
 */
import { createHash } from 'node:crypto';
import {
  type FailingPart,
  inOne,
  isFailing,
  type PartFailure,
  type SourceTrouble,
  someOf,
  type TroublePart,
} from '../../domain/watching.ts';
import { formatTime, plural } from '../../runtime/format.ts';
import { markdown } from './escape.ts';

/** A body may have 65,536 characters ("body is too long (maximum is 65536 characters)", as the API answers:
 * googleapis/release-please issue 1034): so many parts fit well. */
const most = 3000;
const marker = /^<!-- holdfast:failing=([0-9a-f,]*) -->\r?$/m;

export interface PartChange {
  /** Parts that fail now, or of which nobody can say that they no longer do. */
  readonly failing: readonly TroublePart[];
  /** What joined, in one; undefined when nothing did. */
  readonly joined?: PartFailure | undefined;
  /** A comment for people; empty when nothing changed. */
  readonly text: string;
}

/** @param body of the open issue; undefined when there is none: then everything is told by its opening */
export function changeOf(body: string | undefined, { parts }: SourceTrouble): PartChange {
  if (parts === undefined) return { failing: [], text: '' };
  // An earlier version wrote nothing down: which parts it told is not known, so all are told once more.
  const before = new Set((marker.exec(body ?? '')?.[1] ?? '').split(',').filter((one) => one !== ''));
  const wasTold = (part: TroublePart): boolean => before.has(nameInMarker(part));
  const failing = parts.filter((part) => isFailing(part) || (part.isUnknown && wasTold(part)));
  if (body === undefined) return { failing, text: '' };
  const joined = before.size >= most ? [] : parts.filter(isFailing).filter((part) => !wasTold(part));
  const back = parts.filter((part) => !failing.includes(part) && wasTold(part));
  const gone = before.size - failing.filter(wasTold).length - back.length;
  const lasting = failing.filter(wasTold);
  return { failing, joined: inOne(joined), text: comment(joined, back, gone, lasting) };
}

function comment(
  joined: readonly FailingPart[],
  back: readonly TroublePart[],
  gone: number,
  lasting: readonly TroublePart[],
): string {
  const also = inOne(joined);
  const isOver = back.length + gone > 0;
  return [
    ...(also === undefined ? [] : [`⚠️ Also: ${markdown(also.what, 600)}.`]),
    ...(back.length === 0 ? [] : [`✅ Over: ${markdown(someOf(back.map(cameBack)), 600)}.`]),
    ...(gone === 0 ? [] : [`✅ Over: nobody promises ${plural(gone, 'part')} of it any more.`]),
    ...(isOver && lasting.length > 0 ? [`Not over: ${markdown(someOf(lasting.map(({ name }) => name)), 600)}.`] : []),
  ].join('\n\n');
}

const cameBack = ({ name, newest }: TroublePart): string =>
  newest === undefined ? name : `${name} (its newest backup is of ${formatTime(newest)})`;

/** The line of the body that says which parts were told; none for a source that is one. */
export function markerOfParts(failing: readonly TroublePart[]): readonly string[] {
  if (failing.length === 0) return [];
  return [`<!-- holdfast:failing=${failing.map(nameInMarker).toSorted().slice(0, most).join(',')} -->`];
}

/** Short, and with nothing in it that could end the marker. */
function nameInMarker({ id }: TroublePart): string {
  return createHash('sha256').update(id.toWellFormed()).digest('hex').slice(0, 16);
}
