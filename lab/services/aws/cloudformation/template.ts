/** A CloudFormation template with its parameters filled in, conditions evaluated and intrinsic functions resolved. */
import { type CollectionTag, parse, type ScalarTag } from 'yaml';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

export interface TemplateOptions {
  readonly region: string;
  readonly accountId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A resource that is created: its condition holds, or it has none. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly arn: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own, which its reader names.
  readonly properties: any;
}

/** The functions that the template may use in their short form. */
const functions = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Join', 'Select', 'Not', 'Or', 'And'];
const longName = (name: string): string => (name === 'Ref' ? 'Ref' : `Fn::${name}`);

/** Reads the short forms (`!Ref x`) as the long ones. */
const tags: (ScalarTag | CollectionTag)[] = functions.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [longName(name)]: text }) },
  {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (value: { toJSON(): unknown }) => ({ [longName(name)]: value.toJSON() }) as never,
  },
]);

export class Template {
  readonly #options: TemplateOptions;
  readonly #pseudo: JsonObject;
  readonly #parameters: JsonObject;
  readonly #conditions: JsonObject;
  readonly #resources: JsonObject;

  constructor(text: string, options: TemplateOptions) {
    const document = parse(text, { customTags: tags }) as { readonly [section: string]: JsonObject };
    this.#options = options;
    this.#parameters = document.Parameters ?? {};
    this.#conditions = document.Conditions ?? {};
    this.#resources = document.Resources ?? {};
    this.#pseudo = {
      'AWS::Region': options.region,
      'AWS::AccountId': options.accountId,
      'AWS::Partition': 'aws',
      'AWS::NoValue': null,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }

  /** @throws Error that names a function, parameter, condition or attribute that the lab cannot resolve */
  resources(): Resource[] {
    return Object.keys(this.#resources)
      .filter((logicalId) => {
        const { Condition } = this.#resource(logicalId);
        return Condition === undefined || this.#holds(String(Condition));
      })
      .map((logicalId) => ({
        logicalId,
        type: String(this.#resource(logicalId).Type),
        arn: this.#arn(logicalId),
        properties: this.#properties(logicalId),
      }));
  }

  #resource(logicalId: string): JsonObject {
    return this.#resources[logicalId] as JsonObject;
  }

  #properties(logicalId: string): JsonObject {
    return this.#resolve(this.#resource(logicalId).Properties ?? {}) as JsonObject;
  }

  #resolve(node: Json): Json {
    if (Array.isArray(node)) return node.map((one) => this.#resolve(one));
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node);
    const [[key, argument] = ['', null]] = entries;
    if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) return this.#call(key, argument);
    return Object.fromEntries(entries.map(([name, one]) => [name, this.#resolve(one)]));
  }

  #call(name: string, argument: Json): Json {
    const list = argument as Json[];
    switch (name) {
      case 'Ref':
        return this.#value(String(argument));
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([^}]+)\}/g, (_all, one: string) => String(this.#value(one.trim())));
      case 'Fn::GetAtt':
        return this.#attribute(Array.isArray(argument) ? argument.map(String) : String(argument).split('.'));
      case 'Fn::If':
        return this.#resolve((this.#holds(String(list[0])) ? list[1] : list[2]) as Json);
      case 'Fn::Equals':
        return JSON.stringify(this.#resolve(list[0] as Json)) === JSON.stringify(this.#resolve(list[1] as Json));
      case 'Fn::Not':
        return this.#resolve(list[0] as Json) !== true;
      case 'Fn::Join':
        return (this.#resolve(list[1] as Json) as Json[]).join(String(list[0]));
      default:
        throw new Error(`the lab does not know the function ${name}`);
    }
  }

  /** What `Ref` gives for a parameter or a resource. */
  #value(name: string): Json {
    if (name in this.#pseudo) return this.#pseudo[name] as Json;
    if (name in this.#parameters) return this.#parameter(name);
    if (name in this.#resources) return this.#physicalId(name);
    throw new Error(`the template refers to ${name}, which it does not have`);
  }

  #parameter(name: string): Json {
    const { Type, Default } = this.#parameters[name] as JsonObject;
    const value = this.#options.parameters[name] ?? Default;
    if (value === undefined) throw new Error(`the parameter ${name} of the template has no value`);
    return Type === 'CommaDelimitedList' ? String(value).split(',') : value;
  }

  #holds(condition: string): boolean {
    const expression = this.#conditions[condition];
    if (expression === undefined) throw new Error(`the template has no condition ${condition}`);
    return this.#resolve(expression) === true;
  }

  #physicalId(logicalId: string): string {
    const { Url, RoleName, BucketName, Name } = this.#properties(logicalId);
    if (this.#resource(logicalId).Type === 'AWS::IAM::OIDCProvider')
      return `arn:aws:iam::${this.#options.accountId}:oidc-provider/${String(Url).replace('https://', '')}`;
    return String(RoleName ?? BucketName ?? Name ?? logicalId);
  }

  #attribute([logicalId = '', attribute]: readonly string[]): string {
    if (attribute !== 'Arn') throw new Error(`the lab does not know the attribute ${attribute} of ${logicalId}`);
    return this.#arn(logicalId);
  }

  #arn(logicalId: string): string {
    const id = this.#physicalId(logicalId);
    switch (this.#resource(logicalId).Type) {
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${this.#options.accountId}:role/${id}`;
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${id}`;
      default:
        return id;
    }
  }
}
