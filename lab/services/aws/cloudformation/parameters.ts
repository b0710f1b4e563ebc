/**
 * The values of a template's parameters, checked as CloudFormation checks them (user guide, "Parameters": a pattern must match
 * the whole value; the members of a CommaDelimitedList are trimmed, and each must match).
 */
import { LabAwsError } from '../protocol/service.ts';
import type { Json, JsonObject } from './template-text.ts';

/** @throws LabAwsError ValidationError */
export function readParameters(definitions: JsonObject, given: Readonly<Record<string, string>>): JsonObject {
  const unknown = Object.keys(given).filter((name) => !(name in definitions));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing = Object.entries(definitions)
    .filter(([name, one]) => given[name] === undefined && (one as JsonObject).Default === undefined)
    .map(([name]) => name);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(
    Object.entries(definitions).map(([name, node]) => {
      const definition = node as JsonObject;
      const text = String(given[name] ?? definition.Default);
      const list = definition.Type === 'CommaDelimitedList' ? text.split(',').map((one) => one.trim()) : undefined;
      for (const one of list ?? [text]) check(name, definition, one);
      return [name, list ?? text];
    }),
  );
}

function check(name: string, definition: JsonObject, value: string): void {
  const { AllowedPattern, AllowedValues, ConstraintDescription, Type } = definition;
  const refuse = (why: string): never => {
    throw invalid(
      ConstraintDescription === undefined
        ? why
        : `Parameter ${name} failed to satisfy constraint: ${String(ConstraintDescription)}`,
    );
  };
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${String(AllowedPattern)})$`, 's').test(value))
    refuse(`Parameter ${name} failed to satisfy constraint: must match pattern ${String(AllowedPattern)}`);
  if (AllowedValues !== undefined && !(AllowedValues as Json[]).map(String).includes(value))
    refuse(`Parameter '${name}' must be one of AllowedValues`);
  if (Type === 'Number' && !/^-?\d+(\.\d+)?$/.test(value)) refuse(`Parameter '${name}' must be a number.`);
  if (Number(value) < Number(definition.MinValue))
    refuse(`Parameter '${name}' must be a number not less than ${definition.MinValue}`);
  if (Number(value) > Number(definition.MaxValue))
    refuse(`Parameter '${name}' must be a number not greater than ${definition.MaxValue}`);
  if (value.length < Number(definition.MinLength))
    refuse(`Parameter '${name}' must contain at least ${definition.MinLength} characters`);
  if (value.length > Number(definition.MaxLength))
    refuse(`Parameter '${name}' must contain at most ${definition.MaxLength} characters`);
}

function invalid(message: string): LabAwsError {
  return new LabAwsError('ValidationError', message);
}
