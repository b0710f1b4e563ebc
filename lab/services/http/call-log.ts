/** The API log: one JSON line for every call that reached an endpoint of the lab. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CallLog, CallRecord } from '../../contracts.ts';

export function openCallLog(path: string): CallLog {
  mkdirSync(dirname(path), { recursive: true });
  const records: CallRecord[] = [];
  return {
    path,
    records,
    add(record) {
      records.push(record);
      appendFileSync(path, `${JSON.stringify(record)}\n`);
    },
  };
}
