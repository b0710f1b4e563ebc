/** Which rows the partitions of a table of MySQL or MariaDB take: they are no tables of their own (MySQL manual, "Partitioning Types"). */
import { Cursor } from '../../format/cursor.ts';
import { tokenizeMysql } from '../../format/mysql/tokens.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { parseExpression } from '../expressions/parse.ts';
import { type SqlValue, unknown } from '../expressions/values.ts';
import type { PartitionBounds, RangeBound } from '../partition-bounds.ts';

/**
 * @param written what follows PARTITION BY: `RANGE COLUMNS(email) (PARTITION p0 VALUES LESS THAN ('m'), …)`
 * @returns empty where each row has a partition: by HASH and KEY
 */
export function mysqlPartitions(written: string): readonly PartitionBounds[] {
  const cursor = new Cursor(written, tokenizeMysql(written));
  const found: PartitionBounds[] = [];
  let from: readonly RangeBound[] = [{ end: 'min' }];
  for (const part of definitions(cursor)) {
    if (!part.accept('partition')) continue;
    part.name();
    if (part.accept('values', 'in')) found.push({ kind: 'list', values: valuesIn(part) });
    else if (part.accept('values', 'less', 'than')) {
      const to = upperBound(part);
      // What no other takes.
      if (to.every((bound) => 'end' in bound)) found.push({ kind: 'default' });
      else found.push({ kind: 'range', from, to, takesNull: found.length === 0 });
      from = to;
    } else if (part.accept('default')) found.push({ kind: 'default' });
  }
  return found;
}

/** The last parentheses, that list the partitions. */
function definitions(cursor: Cursor): readonly Cursor[] {
  let last: Cursor | undefined;
  while (!cursor.done) {
    const group = cursor.group();
    if (group === undefined) cursor.at += 1;
    else last = group;
  }
  return last?.isNext('partition') ? last.parts() : [];
}

function valuesIn(part: Cursor): readonly SqlValue[] {
  return (part.group()?.parts() ?? []).map((one) => literalOf(one.remainingSql()));
}

function upperBound(part: Cursor): readonly RangeBound[] {
  if (part.accept('maxvalue')) return [{ end: 'max' }];
  return (part.group()?.parts() ?? []).map((one) =>
    one.accept('maxvalue') ? { end: 'max' } : { value: literalOf(one.remainingSql()) },
  );
}

function literalOf(sql: string): SqlValue {
  return evaluate(parseExpression(sql, 'mysql'), { valueOf: () => unknown, dialect: 'mysql' });
}
