/** The head of a statement that makes a trigger. */
import { namePattern, quoted, unquoted } from '../names.ts';

export interface TriggerHead {
  readonly name: string;
  /** `orders BEFORE INSERT`, of which there is an order. */
  readonly place: string;
}

const id = `(?:${namePattern}|[^\\s\`".]+)`;
const head = new RegExp(
  `^CREATE\\s+TRIGGER\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(?:${id}\\s*\\.\\s*)?(${id})\\s+(BEFORE|AFTER)\\s+(INSERT|UPDATE|DELETE)\\s+ON\\s+(?:${id}\\s*\\.\\s*)?(${id})`,
  'i',
);
const beforeBody = new RegExp(
  `^\\s+FOR\\s+EACH\\s+ROW\\s+(?:(?:FOLLOWS|PRECEDES)\\s+(?:${id}\\s*\\.\\s*)?${id}\\s+)?`,
  'i',
);

const bare = (text = ''): string => (/^[`"]/.test(text) ? unquoted(text) : text);

/** @param program in normal form */
export function triggerHead(program: string): TriggerHead | undefined {
  const found = head.exec(program);
  if (!found) return undefined;
  return {
    name: bare(found[1]),
    place: `${bare(found[4])} ${found[2]?.toUpperCase()} ${found[3]?.toUpperCase()}`,
  };
}

/**
 * MySQL 8.0 makes the head anew (sql/trigger.cc), MySQL 5.7 and MariaDB keep it as it was written. The order is told beside it.
 * @param program in normal form @returns it with its head in one form, or as it is where that is of another kind
 */
export function normalTrigger(program: string): string {
  const found = head.exec(program);
  const rest = program.slice(found?.[0].length);
  const row = beforeBody.exec(rest);
  if (!found || !row) return program;
  const [, name, time = '', event = '', table] = found;
  const place = `${time.toUpperCase()} ${event.toUpperCase()} ON ${quoted(bare(table))}`;
  return `CREATE TRIGGER ${quoted(bare(name))} ${place} FOR EACH ROW ${rest.slice(row[0].length)}`;
}
