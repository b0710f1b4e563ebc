/** The failures of a watched source, as reports and mails tell them. */
import type { SourceTrouble } from '../../domain/watching.ts';
import { keyOf } from '../promises/promise.ts';
import { partsWith } from './together.ts';
import type { WatchedSource } from './watched.ts';

type DatedTrouble = SourceTrouble & { readonly since: string };

export function troublesOf({ promised, failures, parts }: WatchedSource): readonly DatedTrouble[] {
  const { source } = promised;
  return failures.map(({ kind, ...failure }) => ({
    key: keyOf(promised),
    source,
    failure: kind,
    ...failure,
    ...(parts === undefined ? {} : { parts: partsWith(kind, parts) }),
  }));
}
