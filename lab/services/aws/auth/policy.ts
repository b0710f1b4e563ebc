/** Policies and roles of IAM. */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface Role {
  /** Its name in the template. */
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly maxSessionSeconds: number;
  readonly trust: readonly Statement[];
  readonly policies: readonly Policy[];
}
