/** What a stack makes for a function: its code and settings, the rules that start it, and who may. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** `nodejs24.x`. */
  readonly runtime: string;
  /** `index.handler`. */
  readonly handler: string;
  /** Content of index.js. */
  readonly code: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** A rule of EventBridge with a schedule. */
export interface RuleDefinition {
  readonly name: string;
  readonly arn: string;
  readonly schedule: string;
  /** ARNs. */
  readonly targets: readonly string[];
}

/** A statement in the policy of a function. */
export interface Permission {
  readonly functionName: string;
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
}

export class Functions {
  readonly functions = new Map<string, FunctionDefinition>();
  readonly rules = new Map<string, RuleDefinition>();
  /** By the id of their resources. */
  readonly permissions = new Map<string, Permission>();
  /** ARNs by name. */
  readonly logGroups = new Map<string, string>();
}
