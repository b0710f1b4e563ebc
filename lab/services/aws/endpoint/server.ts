/** The AWS services on one loopback port, for unmodified clients through AWS_ENDPOINT_URL. */
import type { CallParts } from '../../http/call.ts';
import { type Endpoint, startEndpoint } from '../../http/server.ts';
import type { Stack } from '../cloudformation/stack.ts';
import type { AwsService } from '../protocol/service.ts';
import type { S3 } from '../s3/s3.ts';
import type { Sts } from '../sts/sts.ts';
import { operationOf } from './operation.ts';

export interface AwsOptions extends CallParts {
  readonly stack: Stack;
  readonly sts: Sts;
  readonly s3: S3;
  readonly services: readonly AwsService[];
  /** `policy/Sid` of statements that are ignored, so that a test can show that each is needed. */
  readonly without?: readonly string[];
}

export interface AwsLab extends Endpoint {
  /** `policy/Sid` of every statement that alone has allowed something: without it a call would have been refused. */
  readonly neededStatements: ReadonlySet<string>;
}

export async function startAws(options: AwsOptions): Promise<AwsLab> {
  const neededStatements = new Set<string>();
  const endpoint = await startEndpoint((request) => operationOf(request, { ...options, neededStatements }), options);
  return { ...endpoint, neededStatements };
}
