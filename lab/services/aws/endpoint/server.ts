/**
 * The AWS endpoints on one loopback port, for unmodified clients through AWS_ENDPOINT_URL: signatures are checked,
 * policies enforced, faults applied, every call logged. The services themselves know nothing of HTTP.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LabClock } from '../../clock/clock.ts';
import type { CallLog, CallRecord } from '../../http/call-log.ts';
import type { Faults } from '../../http/faults.ts';
import { decide } from '../auth/iam.ts';
import { checkPresigned, checkSignature, readPresigned, readScope } from '../auth/sigv4.ts';
import type { Stack } from '../cloudformation/stack.ts';
import {
  type Authorization,
  type AwsService,
  type CallContext,
  type Identity,
  LabAwsError,
  type Parameters,
} from '../protocol/service.ts';
import { ec2Answer, errorAnswer, jsonAnswer, parseQuery, stsAnswer, type WireAnswer } from '../protocol/wire.ts';
import type { S3 } from '../s3/s3.ts';
import type { Sts } from '../sts/sts.ts';

export interface AwsOptions {
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  readonly stack: Stack;
  readonly sts: Sts;
  readonly s3: S3;
  readonly services: readonly AwsService[];
  /** `policy/Sid` of statements that count as absent: so a test shows that each is needed. */
  readonly without?: readonly string[];
}

export interface AwsLab {
  readonly url: string;
  /** `policy/Sid` of every statement that alone has allowed something: without it a call would have been refused. */
  readonly neededStatements: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Largest request, in bytes. */
const bodyLimit = 64 * 1024 * 1024;

type Endpoint = CallRecord['endpoint'];

/** A request as far as it was understood before anything was done. */
interface Understood {
  readonly endpoint: Endpoint;
  readonly operation: string;
  readonly caller: string;
  readonly parameters: unknown;
  readonly perform: () => Promise<WireAnswer>;
}

const throttles: Readonly<Record<string, LabAwsError>> = {
  ec2: new LabAwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  ssm: new LabAwsError('ThrottlingException', 'Rate exceeded'),
  sts: new LabAwsError('Throttling', 'Rate exceeded'),
  s3: new LabAwsError('SlowDown', 'Please reduce your request rate.', 503),
};

export async function startAws(options: AwsOptions): Promise<AwsLab> {
  const needed = new Set<string>();
  const server = createServer((request, response) => {
    serve(request, response, options, needed).catch((error: unknown) => {
      console.error('lab: the AWS endpoint failed inside the lab:', error);
      response.destroy();
    });
  });
  // A hanging call hangs until the client gives up, not until Node does.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    neededStatements: needed,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsOptions,
  needed: Set<string>,
): Promise<void> {
  const { log, faults } = options;
  const started = performance.now();
  const requestId = randomUUID();
  const body = await read(request);
  const service =
    readScope(request.headers)?.service ?? (body.includes('Action=AssumeRoleWithWebIdentity') ? 'sts' : 's3');
  const allowedBy = new Set<string>();
  let understood: Understood | undefined;
  let fault: string | undefined;
  const record = (status: number, error?: string): void =>
    log.add({
      at: new Date().toISOString(),
      endpoint: (understood?.endpoint ?? service) as Endpoint,
      operation: understood?.operation ?? 'unknown',
      caller: understood?.caller ?? 'anonymous',
      parameters: understood?.parameters ?? {},
      status,
      milliseconds: Math.round(performance.now() - started),
      ...(error === undefined ? {} : { error }),
      ...(fault === undefined ? {} : { fault }),
      ...(allowedBy.size > 0 ? { allowedBy: [...allowedBy] } : {}),
    });
  try {
    understood = understand(
      request,
      body,
      options,
      (statement, alone) => {
        if (alone) needed.add(statement);
        allowedBy.add(statement);
      },
      requestId,
    );
    const hit = faults.next(understood.endpoint, understood.operation, understood.parameters);
    fault = hit?.rule;
    switch (hit?.effect.kind) {
      case 'throttle':
        throw throttles[understood.endpoint];
      case 'refuse':
        throw new LabAwsError(hit.effect.code, hit.effect.message, hit.effect.status);
      case 'hang-before':
        record(0, 'hangs');
        return;
      case 'cut-body':
        if (request.method === 'GET') break;
        record(0, 'the connection broke half-way');
        response.destroy();
        return;
      case 'kill-before':
        record(0, 'the runner was killed before it');
        faults.kill();
        response.destroy();
        return;
    }
    // A refused call has its answer lost, or its runner killed, all the same.
    const answer = await understood.perform().catch((error: unknown) => {
      if (!(error instanceof LabAwsError) || hit === undefined) throw error;
      return errorAnswer(service, error, requestId);
    });
    if (hit?.effect.kind === 'cut-body' && typeof answer.body === 'object' && !Buffer.isBuffer(answer.body)) {
      record(answer.status, 'the connection broke half-way');
      sendHalf(response, answer, requestId);
      return;
    }
    if (hit?.effect.kind === 'lose-answer' || hit?.effect.kind === 'kill-after') {
      record(
        answer.status,
        hit.effect.kind === 'lose-answer' ? 'the answer was lost' : 'the runner was killed after it',
      );
      if (hit.effect.kind === 'kill-after') faults.kill();
      response.destroy();
      return;
    }
    record(answer.status);
    send(response, answer, requestId);
  } catch (error) {
    if (!(error instanceof LabAwsError)) throw error;
    record(error.status, error.code);
    send(response, errorAnswer(service, error, requestId), requestId);
  }
}

function understand(
  request: IncomingMessage,
  body: Buffer,
  options: AwsOptions,
  note: (statement: string, alone: boolean) => void,
  requestId: string,
): Understood {
  const { sts, s3 } = options;
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const presigned = readPresigned(url, new Date());
  const scope = presigned?.scope ?? readScope(request.headers);
  if (scope === undefined) {
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('Action') !== 'AssumeRoleWithWebIdentity')
      throw new LabAwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    const parameters = parseQuery(body.toString('utf8'));
    return {
      endpoint: 'sts',
      operation: 'AssumeRoleWithWebIdentity',
      caller: 'anonymous',
      parameters: { ...parameters, WebIdentityToken: '(not logged)' },
      perform: async () => stsAnswer('AssumeRoleWithWebIdentity', await sts.assumeRole(parameters), requestId),
    };
  }
  const token = presigned ? presigned.token : request.headers['x-amz-security-token'];
  const session = sts.session(scope.accessKeyId, token === undefined ? undefined : String(token), scope.service);
  if (presigned) checkPresigned({ method, url, headers: request.headers, body }, presigned, session.secretAccessKey);
  else checkSignature({ method, url, headers: request.headers, body }, scope, session.secretAccessKey, new Date());
  const { identity } = session;
  const context: CallContext = { authorize: (question) => authorize(question, identity, scope.service, options, note) };
  const caller = identity.arn.split(':').at(-1) ?? '';
  if (scope.service === 's3') {
    const { pathname, searchParams } = new URL(url, 'http://lab');
    const operation = s3.route({ method, path: pathname, query: searchParams, headers: request.headers, body });
    return {
      endpoint: 's3',
      operation: operation.name,
      caller,
      parameters: operation.parameters,
      perform: async () => operation.perform(context),
    };
  }
  const json = scope.service === 'ssm';
  const operation = json
    ? (String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '')
    : (new URLSearchParams(body.toString('utf8')).get('Action') ?? '');
  const parameters = (
    json ? JSON.parse(body.toString('utf8') || '{}') : parseQuery(body.toString('utf8'))
  ) as Parameters;
  if (scope.service === 'sts' && operation === 'GetCallerIdentity') {
    const result = { UserId: 'AIDALAB', Account: identity.account, Arn: identity.arn };
    return {
      endpoint: 'sts',
      operation,
      caller,
      parameters,
      perform: async () => stsAnswer(operation, result, requestId),
    };
  }
  const service = options.services.find((one) => one.name === scope.service);
  if (!service) throw new LabAwsError('InvalidAction', `the lab has no service ${scope.service}`, 400);
  return {
    endpoint: scope.service as Endpoint,
    operation,
    caller,
    parameters,
    perform: async () => {
      const result = await service.handle(
        { service: scope.service, region: scope.region, operation, parameters, identity, requestId },
        context,
      );
      return json ? jsonAnswer(result) : ec2Answer(operation, result, requestId);
    },
  };
}

/** Asks the role's policies for every resource. @throws LabAwsError in the service's own words */
function authorize(
  question: Authorization,
  identity: Identity,
  service: string,
  options: AwsOptions,
  note: (statement: string, alone: boolean) => void,
): void {
  if (identity.role === undefined) return;
  const role = options.stack.roles.find((one) => one.name === identity.role);
  const absent = new Set(options.without ?? []);
  const policies = (role?.policies ?? []).map((policy) => ({
    ...policy,
    statements: policy.statements.filter((statement) => !absent.has(`${policy.name}/${statement.Sid}`)),
  }));
  for (const resource of question.resources) {
    const decision = decide(policies, { action: question.action, resource, keys: question.conditions ?? {} });
    if (!decision.allowed) {
      const text = `User: ${identity.arn} is not authorized to perform: ${question.action} on resource: ${resource} because no identity-based policy allows the ${question.action} action`;
      if (service === 'ec2')
        throw new LabAwsError(
          'UnauthorizedOperation',
          `You are not authorized to perform this operation. ${text}`,
          403,
        );
      if (service === 's3') throw new LabAwsError('AccessDenied', text, 403);
      throw new LabAwsError('AccessDeniedException', text, 400);
    }
    for (const statement of decision.statements) note(statement, decision.statements.length === 1);
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new LabAwsError('EntityTooLarge', 'The request is too large', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: WireAnswer, requestId: string): void {
  const { body } = answer;
  const streamed = typeof body === 'object' && !Buffer.isBuffer(body);
  // Without content there is no length to tell (RFC 9110, 8.6).
  const length =
    answer.headers['content-length'] ??
    (answer.status === 204 || streamed ? undefined : String(Buffer.byteLength(body)));
  response.writeHead(answer.status, {
    'x-amzn-requestid': requestId,
    ...answer.headers,
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  if (!streamed) {
    response.end(body);
    return;
  }
  body.on('error', () => response.destroy());
  response.on('close', () => body.destroy());
  body.pipe(response);
}

/** Sends half of a streamed body, and breaks the connection. */
function sendHalf(response: ServerResponse, answer: WireAnswer, requestId: string): void {
  const half = Math.floor(Number(answer.headers['content-length'] ?? 0) / 2);
  response.writeHead(answer.status, { 'x-amzn-requestid': requestId, ...answer.headers });
  let sent = 0;
  void (async () => {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      const bytes = chunk.subarray(0, half - sent);
      sent += bytes.length;
      await new Promise<void>((resolve) => response.write(bytes, () => resolve()));
      if (sent >= half) break;
    }
    response.destroy();
  })();
}
