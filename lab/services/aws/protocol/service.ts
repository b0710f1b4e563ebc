/** What a service of the lab's AWS gets and returns. The endpoint does the rest: signatures, policies, wire formats. */

/** Who signed a request. */
export interface Identity {
  /** `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`, or the administrator's user ARN. */
  readonly arn: string;
  readonly account: string;
  /** Name of the role; undefined for the lab's administrator, who may do anything. */
  readonly role: string | undefined;
}

/** Request parameters: for EC2 and STS nested objects and lists, for SSM the JSON body. */
export type Parameters = { readonly [name: string]: unknown };

export interface AwsCall {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly parameters: Parameters;
  readonly identity: Identity;
  readonly requestId: string;
}

/** A question to the policies: may the caller do this to each of these resources? */
export interface Authorization {
  /** `ec2:CreateSnapshot`. */
  readonly action: string;
  readonly resources: readonly string[];
  /** Condition keys of the request: `aws:RequestTag/x`, `ec2:CreateAction`, `aws:TagKeys`, … */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
}

export interface CallContext {
  /** @throws LabAwsError, as the service words it, when no statement allows the action or one denies it */
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

/** Services that speak JSON 1.1. */
export const speaksJson = (service: string): boolean => service === 'ssm' || service === 'cloudtrail';

export interface AwsService {
  /** Its name in the scope of a signature. */
  readonly name: 'ec2' | 'ssm' | 'iam' | 'cloudformation' | 'sns' | 'cloudtrail';
  /** @returns a plain object: with the names of the XML elements (lists become `<item>`s in EC2, else `<member>`s), for SSM and CloudTrail the JSON */
  handle(call: AwsCall, context: CallContext): Promise<unknown>;
}
