/** What a service of the lab's AWS is: the interface between the wire (server.ts) and EC2, SSM, STS and S3. */

export type ServiceName = 'ec2' | 'ssm' | 'sts' | 's3';

/** Who makes a call, after the signature was checked. */
export interface AwsIdentity {
  readonly accountId: string;
  /** Name of the assumed role; undefined for the lab's administrator and for unsigned calls. */
  readonly roleName: string | undefined;
  readonly sessionName: string | undefined;
  /** `arn:aws:sts::…:assumed-role/role/session`, `arn:aws:iam::…:user/administrator`, or `anonymous`. */
  readonly arn: string;
  readonly accessKeyId: string;
}

/** One call, off the wire. */
export interface AwsCall {
  readonly service: ServiceName;
  /** From the credential scope of the signature. */
  readonly region: string;
  readonly operation: string;
  /**
   * Query protocols (EC2, STS): nested, lists as arrays, every leaf a string. The names are those on the wire:
   * `Filter.1.Value.2=x` is `{ Filter: [{ Value: [.., 'x'] }] }`. JSON protocols (SSM): the body as it is.
   */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly identity: AwsIdentity;
  readonly requestId: string;
}

/** One question to IAM: all of `resources` must be allowed, each by itself. */
export interface AuthorizationRequest {
  /** With its service: `ec2:CreateSnapshot`. */
  readonly action: string;
  /** Default: `*`, for actions that know no resources. */
  readonly resources?: readonly string[];
  /**
   * Beyond the global keys (aws:PrincipalArn, aws:RequestedRegion, aws:SecureTransport, aws:CurrentTime …), which the
   * framework adds. A list is a multivalued key (aws:TagKeys). An absent key is one that the policy sees as absent.
   */
  readonly conditionKeys?: Readonly<Record<string, string | readonly string[]>>;
}

export interface AwsContext {
  /**
   * Returns when the caller's policies allow the action on every resource, and records the statements that did.
   * @throws AwsError in the service's own words for a refusal
   */
  authorize(request: AuthorizationRequest): void;
  /** Whether the caller's policies allow it; throws nothing. */
  allowed(request: AuthorizationRequest): boolean;
  /**
   * EC2: the call carries DryRun=true. After its own authorisation an operation calls `endDryRun()`, which throws
   * DryRunOperation when this is a dry run.
   */
  readonly dryRun: boolean;
  endDryRun(): void;
}

/** A refusal in AWS's words. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error on the wire (S3: BucketName, Key …). */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = 400, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/**
 * An RPC service. `handle` resolves with the members of the answer under their names on the wire: for EC2
 * `{ volumeSet: [{ volumeId, tagSet: [{ key, value }] }], nextToken }` (an array becomes `<item>` elements, a Date its
 * ISO form, undefined is left out), for SSM the JSON answer (a Date becomes seconds since 1970).
 * It throws AwsError to refuse. Anything else that is thrown answers 500 InternalError and is printed: a fault of the lab.
 */
export interface AwsService {
  readonly service: ServiceName;
  handle(call: AwsCall, context: AwsContext): Promise<Readonly<Record<string, unknown>>>;
  /** Ends what the service still has running. */
  stop?(): Promise<void>;
}
