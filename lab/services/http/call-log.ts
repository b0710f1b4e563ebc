/** The API log: one JSON line for every call that reached an endpoint of the lab. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of the API log: every call that reached a lab endpoint, with what became of it. */
export interface CallRecord {
  readonly at: string;
  readonly endpoint: 'ec2' | 'ssm' | 'sts' | 's3' | 'github' | 'oidc' | 'datadog' | 'slack';
  readonly operation: string;
  /** The role session, `runner`, or `anonymous`. */
  readonly caller: string;
  readonly parameters: unknown;
  readonly status: number;
  /** AWS's error name, or HTTP reason, when refused. */
  readonly error?: string;
  /** The fault rule that interfered, when one did. */
  readonly fault?: string;
  /** Policy statements (`policy/Sid`) that allowed the call. */
  readonly allowedBy?: readonly string[];
  readonly milliseconds: number;
}

export interface CallLog {
  readonly path: string;
  readonly records: readonly CallRecord[];
  add(record: CallRecord): void;
}

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
