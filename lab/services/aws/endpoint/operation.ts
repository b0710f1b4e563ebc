/** What a request to AWS asks for: who signed it, which service and operation it names, and how the answer is worded. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../http/answer.ts';
import { type HttpRequest, type Operation, refuse } from '../../http/call.ts';
import type { EndpointName } from '../../http/call-log.ts';
import { jsonObject } from '../../http/server.ts';
import { readScope } from '../auth/sigv4.ts';
import type { DoneCall, EventHistory } from '../cloudtrail/history.ts';
import { ec2Answer, errorAnswer, jsonAnswer, queryAnswer } from '../protocol/answers.ts';
import { parseQuery } from '../protocol/query.ts';
import { type AwsService, type CallContext, LabAwsError, type Parameters, speaksJson } from '../protocol/service.ts';
import type { S3 } from '../s3/s3.ts';
import type { Sts } from '../sts/sts.ts';
import { authenticate, type Caller } from './authentication.ts';
import { authorizer, type PolicyOptions } from './authorization.ts';

export interface OperationOptions extends PolicyOptions {
  readonly sts: Sts;
  readonly s3: S3;
  readonly services: readonly AwsService[];
  /** Receives what was called, and how it ended. */
  readonly history?: EventHistory;
  /** The time by which signatures are judged, and that every answer tells; default: the computer's. */
  readonly now?: (() => Date) | undefined;
}

type Understood = Pick<Operation, 'endpoint' | 'name' | 'caller' | 'parameters'> & {
  /** Undefined for what no history keeps. */
  readonly done?: Omit<DoneCall, 'error'>;
  /** @throws LabAwsError */
  readonly perform: () => Promise<Answer>;
};

const throttles: Readonly<Record<string, LabAwsError>> = {
  ec2: new LabAwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  ssm: new LabAwsError('ThrottlingException', 'Rate exceeded'),
  cloudtrail: new LabAwsError('ThrottlingException', 'Rate exceeded'),
  sts: new LabAwsError('Throttling', 'Rate exceeded'),
  s3: new LabAwsError('SlowDown', 'Please reduce your request rate.', 503),
};

/** Never throws a LabAwsError: a request that cannot be understood, or is not signed as it must be, is refused. */
export function operationOf(request: HttpRequest, options: OperationOptions): Operation {
  const requestId = randomUUID();
  const service = serviceOf(request);
  const headers = headersOf(service, requestId, options.now?.());
  const answer = (error: LabAwsError): Answer => withHeaders(errorAnswer(service, error, requestId), headers);
  const allowedBy = new Set<string>();
  const common = {
    allowedBy,
    throttled: answer(throttles[service] ?? new LabAwsError('Throttling', 'Rate exceeded')),
    refusal: ({ code, message, status }: { code: string; message: string; status: number }) =>
      answer(new LabAwsError(code, message, status)),
  };
  try {
    const { perform, done: call, ...understood } = understand(request, options, allowedBy, requestId);
    const remember = (error?: string): void => {
      if (call !== undefined) options.history?.add({ ...call, error });
    };
    return {
      ...common,
      ...understood,
      perform: () =>
        perform().then(
          (done) => {
            remember();
            return withHeaders(done, headers);
          },
          (error: unknown) => {
            if (!(error instanceof LabAwsError)) throw error;
            remember(error.code);
            return answer(error);
          },
        ),
    };
  } catch (error) {
    if (!(error instanceof LabAwsError)) throw error;
    const unknown = { endpoint: service, name: 'unknown', caller: 'anonymous', parameters: {} };
    return refuse({ ...common, ...unknown }, answer(error));
  }
}

/** The service in whose format a request is answered, even when nothing else of it can be understood. */
function serviceOf({ headers, body }: HttpRequest): EndpointName {
  // A scope may name a service that the lab does not have; the log then shows it.
  const signedFor = readScope(headers)?.service as EndpointName | undefined;
  return signedFor ?? (actionOf(body) === '' ? 's3' : 'sts');
}

/** S3 has a header of its own for the number of the request. @param now undefined: Node tells the time */
function headersOf(service: EndpointName, requestId: string, now: Date | undefined): Record<string, string> {
  const name = service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid';
  return { [name]: requestId, ...(now === undefined ? {} : { date: now.toUTCString() }) };
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

/** @throws LabAwsError */
function understand(
  request: HttpRequest,
  options: OperationOptions,
  allowedBy: Set<string>,
  requestId: string,
): Understood {
  const caller = authenticate(request, options.sts, options.now?.());
  if (caller === undefined) return unsigned(request, options.sts, requestId);
  const policies = authorizer(caller, options, allowedBy);
  switch (caller.scope.service) {
    case 's3':
      return toS3(request, options.s3, caller, policies);
    case 'sts':
      return toSts(request, options.sts, caller, requestId);
    default:
      return toService(request, options.services, caller, policies, requestId);
  }
}

/** Only identity tokens are traded for sessions without a signature. */
function unsigned({ body }: HttpRequest, sts: Sts, requestId: string): Understood {
  const name = actionOf(body);
  if (name !== 'AssumeRoleWithWebIdentity')
    throw name === ''
      ? new LabAwsError('AccessDenied', 'Access Denied', 403)
      : new LabAwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const parameters = parseQuery(body.toString('utf8'));
  return {
    endpoint: 'sts',
    name,
    caller: 'anonymous',
    parameters: { ...parameters, WebIdentityToken: '(not logged)' },
    perform: async () => queryAnswer('sts', name, await sts.assumeRole(parameters), requestId),
  };
}

function toS3(request: HttpRequest, s3: S3, caller: Caller, policies: CallContext): Understood {
  const { name, parameters, perform } = s3.route(request);
  const { identity, scope } = caller;
  return {
    endpoint: 's3',
    name,
    caller: caller.name,
    parameters,
    perform: async () => perform(policies),
    done: { service: 's3', operation: name, region: scope.region, identity, parameters: parameters as Parameters },
  };
}

function toSts({ body }: HttpRequest, sts: Sts, { name: caller, identity }: Caller, requestId: string): Understood {
  const name = actionOf(body);
  const parameters = parseQuery(body.toString('utf8'));
  const answers: Readonly<Record<string, () => unknown>> = {
    GetCallerIdentity: () => ({ UserId: 'AIDALAB', Account: identity.account, Arn: identity.arn }),
    AssumeRole: () => sts.assumeRoleAs(identity, parameters),
  };
  const answer = answers[name];
  if (!answer) throw new LabAwsError('InvalidAction', `the lab's STS does not know ${name}`);
  return {
    endpoint: 'sts',
    name,
    caller,
    parameters,
    perform: async () => queryAnswer('sts', name, answer(), requestId),
  };
}

function toService(
  request: HttpRequest,
  services: readonly AwsService[],
  { scope, name: caller, identity }: Caller,
  policies: CallContext,
  requestId: string,
): Understood {
  const service = services.find((one) => one.name === scope.service);
  if (!service) throw new LabAwsError('InvalidAction', `the lab has no service ${scope.service}`);
  const json = speaksJson(service.name);
  const { name, parameters } = json ? jsonCall(request) : queryCall(request);
  return {
    endpoint: service.name,
    name,
    caller,
    parameters,
    perform: async () => {
      const call = { service: service.name, region: scope.region, operation: name, parameters, identity, requestId };
      const result = await service.handle(call, policies);
      if (service.name === 'ec2') return ec2Answer(name, result, requestId);
      return service.name === 'ssm' || service.name === 'cloudtrail'
        ? jsonAnswer(result)
        : queryAnswer(service.name, name, result, requestId);
    },
    done: { service: service.name, operation: name, region: scope.region, identity, parameters },
  };
}

function jsonCall({ headers, body }: HttpRequest): { readonly name: string; readonly parameters: Parameters } {
  const name =
    String(headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? '';
  const parameters = body.length === 0 ? {} : jsonObject(body);
  if (parameters === undefined) throw new LabAwsError('SerializationException', 'The body is not a JSON object');
  return { name, parameters };
}

function queryCall({ body }: HttpRequest): { readonly name: string; readonly parameters: Parameters } {
  return { name: actionOf(body), parameters: parseQuery(body.toString('utf8')) };
}

function actionOf(body: Buffer): string {
  return new URLSearchParams(body.toString('utf8')).get('Action') ?? '';
}
