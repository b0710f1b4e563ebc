/** A CloudFormation template with its parameters filled in, conditions evaluated and intrinsic functions resolved. */
import { LabAwsError } from '../protocol/service.ts';
import { readParameters } from './parameters.ts';
import { arnOf, type Place, physicalIdOf } from './resources/names.ts';
import { type Json, type JsonObject, parseTemplate, referencesIn } from './template-text.ts';

export interface TemplateOptions {
  readonly region: string;
  readonly accountId: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stackName?: string;
  readonly stackId?: string;
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

/** A resource that is created: its condition holds, or it has none. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives. */
  readonly physicalId: string;
  readonly arn: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own, which its reader names.
  readonly properties: any;
  readonly deletionPolicy: DeletionPolicy;
}

export interface Output {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** Stands for a property that is left out. */
const noValue = Symbol('AWS::NoValue');

export class Template {
  readonly text: string;
  readonly #options: TemplateOptions;
  readonly #pseudo: JsonObject;
  readonly #document: { readonly [section: string]: JsonObject };
  readonly #parameters: JsonObject;

  /** @throws LabAwsError ValidationError for parameters that are missing, unknown or wrong */
  constructor(text: string, options: TemplateOptions) {
    this.text = text;
    this.#options = options;
    this.#document = parseTemplate(text);
    this.#parameters = readParameters(this.#section('Parameters'), options.parameters);
    const stackName = options.stackName ?? 'stack';
    this.#pseudo = {
      'AWS::Region': options.region,
      'AWS::AccountId': options.accountId,
      'AWS::Partition': partitionOf(options.region),
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId':
        options.stackId ?? `arn:aws:cloudformation:${options.region}:${options.accountId}:stack/${stackName}/1`,
    };
  }

  /**
   * In the order in which they must be created.
   * @throws Error that names a function, parameter, condition or attribute that the lab cannot resolve
   */
  resources(): Resource[] {
    const all = Object.keys(this.#section('Resources')).filter((logicalId) => this.#exists(logicalId));
    const ordered: string[] = [];
    const visit = (logicalId: string): void => {
      if (ordered.includes(logicalId)) return;
      const { DependsOn } = this.#resource(logicalId);
      const needs = [
        ...referencesIn(this.#resource(logicalId).Properties ?? {}),
        ...[DependsOn ?? []].flat().map(String),
      ];
      for (const one of needs) if (one !== logicalId && all.includes(one)) visit(one);
      if (!ordered.includes(logicalId)) ordered.push(logicalId);
    };
    for (const logicalId of all) visit(logicalId);
    return ordered.map((logicalId) => this.#read(logicalId));
  }

  outputs(): Output[] {
    return Object.entries(this.#section('Outputs')).flatMap(([key, node]) => {
      const { Value, Description, Condition, Export } = node as JsonObject;
      if (Condition !== undefined && !this.#holds(String(Condition))) return [];
      const name = (Export as JsonObject | undefined)?.Name;
      return {
        key,
        value: String(this.#resolve(Value ?? '')),
        description: Description === undefined ? undefined : String(Description),
        exportName: name === undefined ? undefined : String(this.#resolve(name)),
      };
    });
  }

  /**
   * The sections `Rules` and `Parameters` agree with what was given.
   * @throws LabAwsError ValidationError with the descriptions of the assertions that do not hold
   */
  checkRules(): void {
    const broken = Object.values(this.#section('Rules')).flatMap((node) => {
      const { RuleCondition, Assertions = [] } = node as JsonObject;
      if (RuleCondition !== undefined && this.#resolve(RuleCondition) !== true) return [];
      return (Assertions as JsonObject[])
        .filter(({ Assert }) => this.#resolve(Assert ?? false) !== true)
        .map(({ AssertDescription }) => String(AssertDescription ?? 'an assertion does not hold'));
    });
    if (broken.length > 0) throw new LabAwsError('ValidationError', `Template error: ${broken.join('; ')}`);
  }

  #section(name: string): JsonObject {
    return this.#document[name] ?? {};
  }

  #resource(logicalId: string): JsonObject {
    return this.#section('Resources')[logicalId] as JsonObject;
  }

  #exists(logicalId: string): boolean {
    const { Condition } = this.#resource(logicalId);
    return Condition === undefined || this.#holds(String(Condition));
  }

  #read(logicalId: string): Resource {
    const { Type, DeletionPolicy } = this.#resource(logicalId);
    return {
      logicalId,
      type: String(Type),
      physicalId: this.#physicalId(logicalId),
      arn: this.#arn(logicalId),
      properties: this.#properties(logicalId),
      deletionPolicy: (DeletionPolicy ?? 'Delete') as DeletionPolicy,
    };
  }

  #properties(logicalId: string): JsonObject {
    return this.#resolve(this.#resource(logicalId).Properties ?? {}) as JsonObject;
  }

  #resolve(node: Json): Json {
    const given = (one: Json): boolean => (one as unknown) !== noValue;
    if (Array.isArray(node)) return node.map((one) => this.#resolve(one)).filter(given);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node);
    const [[key, argument] = ['', null]] = entries;
    if (entries.length === 1 && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::')))
      return this.#call(key, argument);
    return Object.fromEntries(
      entries.map(([name, one]) => [name, this.#resolve(one)] as const).filter(([, one]) => given(one)),
    );
  }

  #call(name: string, argument: Json): Json {
    const list = argument as Json[];
    const resolved = (index: number): Json => this.#resolve(list[index] as Json);
    switch (name) {
      case 'Ref':
        return this.#value(String(argument));
      case 'Condition':
        return this.#holds(String(argument));
      case 'Fn::Sub':
        return this.#substitute(argument);
      case 'Fn::GetAtt':
        return this.#attribute(Array.isArray(argument) ? argument.map(String) : String(argument).split('.'));
      case 'Fn::If':
        return this.#resolve((this.#holds(String(list[0])) ? list[1] : list[2]) as Json);
      case 'Fn::Equals':
        return JSON.stringify(resolved(0)) === JSON.stringify(resolved(1));
      case 'Fn::Not':
        return resolved(0) !== true;
      case 'Fn::And':
        return list.every((one) => this.#resolve(one) === true);
      case 'Fn::Or':
        return list.some((one) => this.#resolve(one) === true);
      case 'Fn::Contains':
        return (resolved(0) as Json[]).map(String).includes(String(resolved(1)));
      case 'Fn::Join':
        return (resolved(1) as Json[]).join(String(list[0]));
      case 'Fn::Split':
        return String(resolved(1)).split(String(list[0]));
      case 'Fn::Select':
        return (resolved(1) as Json[])[Number(resolved(0))] ?? '';
      case 'Fn::FindInMap':
        return this.#mapped([0, 1, 2].map((index) => String(resolved(index))));
      default:
        throw new Error(`the lab does not know the function ${name}`);
    }
  }

  #mapped([map = '', first = '', second = '']: readonly string[]): Json {
    const found = ((this.#section('Mappings')[map] as JsonObject)?.[first] as JsonObject)?.[second];
    if (found === undefined) throw new Error(`the template has no mapping ${map}.${first}.${second}`);
    return found;
  }

  /** `Fn::Sub`, of a text or of a text with variables of its own. `${!name}` stands for itself. */
  #substitute(argument: Json): string {
    const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = this.#resolve((own ?? {}) as JsonObject) as JsonObject;
    return String(text).replace(/\$\{([^}]+)\}/g, (_all, written: string) => {
      const name = written.trim();
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in variables) return String(variables[name]);
      return String(name.includes('.') ? this.#attribute(name.split('.')) : this.#value(name));
    });
  }

  /** What `Ref` gives for a parameter or a resource. */
  #value(name: string): Json {
    if (name === 'AWS::NoValue') return noValue as unknown as Json;
    if (name in this.#pseudo) return this.#pseudo[name] as Json;
    if (name in this.#parameters) return this.#parameters[name] as Json;
    if (name in this.#section('Resources')) return this.#physicalId(name);
    throw new Error(`the template refers to ${name}, which it does not have`);
  }

  #holds(condition: string): boolean {
    const expression = this.#section('Conditions')[condition];
    if (expression === undefined) throw new Error(`the template has no condition ${condition}`);
    return this.#resolve(expression) === true;
  }

  #physicalId(logicalId: string): string {
    const made = `${this.#options.stackName ?? 'stack'}-${logicalId}`;
    return physicalIdOf(String(this.#resource(logicalId).Type), this.#properties(logicalId), made, this.#place);
  }

  #attribute([logicalId = '', attribute]: readonly string[]): string {
    if (attribute !== 'Arn') throw new Error(`the lab does not know the attribute ${attribute} of ${logicalId}`);
    return this.#arn(logicalId);
  }

  #arn(logicalId: string): string {
    return arnOf(String(this.#resource(logicalId)?.Type), this.#physicalId(logicalId), this.#place);
  }

  get #place(): Place {
    const { region, accountId } = this.#options;
    return { partition: partitionOf(region), region, account: accountId };
  }
}

/** The partition of a region (partitions of the AWS SDK: `@aws-sdk/util-endpoints`, `partitions.json`). */
function partitionOf(region: string): string {
  const start = ['cn', 'us-gov', 'eusc', 'us-isob', 'eu-isoe', 'us-isof', 'us-iso'].find((one) =>
    region.startsWith(`${one}-`),
  );
  const iso = /^[a-z]+-iso([bef])$/.exec(start ?? '')?.[1];
  return iso ? `aws-iso-${iso}` : start === undefined ? 'aws' : `aws-${start.replace(/^us-iso$/, 'iso')}`;
}
