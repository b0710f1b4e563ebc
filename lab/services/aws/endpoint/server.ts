/** The AWS services on one loopback port, for unmodified clients through AWS_ENDPOINT_URL. */
import type { CallParts } from '../../http/call.ts';
import { type Endpoint, startEndpoint } from '../../http/server.ts';
import type { Principals } from '../cloudformation/stack.ts';
import type { EventHistory } from '../cloudtrail/history.ts';
import type { AwsService } from '../protocol/service.ts';
import type { S3 } from '../s3/s3.ts';
import type { Sts } from '../sts/sts.ts';
import { AskedQuestions } from './asked.ts';
import { operationOf } from './operation.ts';

export interface AwsOptions extends CallParts {
  readonly stack: Principals;
  readonly sts: Sts;
  readonly s3: S3;
  readonly services: readonly AwsService[];
  /** Receives what was called, and how it ended. */
  readonly history?: EventHistory;
  /** Pieces of the policies that count as absent (auth/pieces.ts), so that a test can show that each is needed. */
  readonly without?: readonly string[];
  /** The time by which signatures are judged, and that every answer tells; default: the computer's. */
  readonly now?: (() => Date) | undefined;
  /** Receives every question to the policies; default: a new collection. */
  readonly asked?: AskedQuestions;
}

export interface AwsLab extends Endpoint {
  /** Every question to the policies. */
  readonly asked: AskedQuestions;
}

export async function startAws(options: AwsOptions): Promise<AwsLab> {
  const { asked = new AskedQuestions() } = options;
  const endpoint = await startEndpoint((request) => operationOf(request, { ...options, asked }), options);
  return { ...endpoint, asked };
}
