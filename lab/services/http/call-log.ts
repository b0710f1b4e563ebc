/** The call log: one JSON line for every call that reached an endpoint of the lab. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export type EndpointName =
  | 'ec2'
  | 'ssm'
  | 'sts'
  | 's3'
  | 'iam'
  | 'cloudformation'
  | 'sns'
  | 'cloudtrail'
  | 'github'
  | 'oidc'
  | 'datadog'
  | 'slack';

/** One call, and how it ended. */
export interface CallRecord {
  readonly at: string;
  readonly endpoint: EndpointName;
  readonly operation: string;
  /** The role session, `runner`, or `anonymous`. */
  readonly caller: string;
  readonly parameters: unknown;
  /** 0 for a call that got no whole answer. */
  readonly status: number;
  /** AWS's error code or the HTTP reason of a refused call, or why a call got no whole answer. */
  readonly error?: string;
  /** The fault rule that hit the call. */
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
