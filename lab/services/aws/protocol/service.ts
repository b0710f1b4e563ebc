/** What an AWS service of the lab is handed, and what it gives back. The server (server.ts) does the rest. */

/** Who signed a request. */
export interface Identity {
  /** `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`, or the administrator's user ARN. */
  readonly arn: string;
  readonly account: string;
  /** Name of the role; undefined for the lab's administrator, who may do anything. */
  readonly role: string | undefined;
}

/** Request parameters: EC2's and STS's query parameters as nested objects and lists, SSM's JSON body as it came. */
export type Parameters = { readonly [name: string]: unknown };

export interface AwsCall {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly parameters: Parameters;
  readonly identity: Identity;
  readonly requestId: string;
}

/** One question to the policies: may the caller do this action to each of these resources? */
export interface Authorization {
  /** `ec2:CreateSnapshot`. */
  readonly action: string;
  readonly resources: readonly string[];
  /** Condition keys of the request: `aws:RequestTag/x`, `ec2:CreateAction`, `aws:TagKeys`, … */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}

export interface CallContext {
  /** @throws LabAwsError in the service's own words when no statement allows it, or one denies it */
  authorize(question: Authorization): void;
}

/** An error as the caller sees it: AWS's own code and message. */
export class LabAwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface AwsService {
  /** Its name in the scope of a signature. */
  readonly name: 'ec2' | 'ssm';
  /** The result as a plain object: for EC2 with the XML's element names (lists become `<item>`s), for SSM the JSON. */
  handle(call: AwsCall, context: CallContext): Promise<unknown>;
}
