/** Parameter Store: made once, replaced, listed by path, deleted (SSM API reference). */
import { LabAwsError, type Parameters } from '../protocol/service.ts';

const pageSize = 10;
const mostDeleted = 10;
const name = /^(\/[A-Za-z0-9_.-]+){1,15}$/;

export class ParameterStore {
  /** By region and name. */
  readonly #values = new Map<string, { readonly value: string; readonly version: number }>();

  put(region: string, { Name = '', Value = '', Overwrite = false }: Parameters) {
    const key = `${region}${Name}`;
    if (!name.test(String(Name))) throw new LabAwsError('ValidationException', `Parameter name ${Name} is not valid`);
    const version = (this.#values.get(key)?.version ?? 0) + 1;
    if (version > 1 && Overwrite !== true)
      throw new LabAwsError('ParameterAlreadyExists', 'The parameter already exists.');
    this.#values.set(key, { value: String(Value), version });
    return { Version: version, Tier: 'Standard' };
  }

  byPath(region: string, { Path = '', Recursive = false, MaxResults = pageSize, NextToken = '0' }: Parameters) {
    const below = `${region}${Path}/`;
    const found = [...this.#values]
      .filter(([key]) => key.startsWith(below) && (Recursive === true || !key.slice(below.length).includes('/')))
      .map(([key, { value, version }]) => ({
        Name: key.slice(region.length),
        Type: 'String',
        Value: value,
        Version: version,
      }));
    const from = Number(NextToken);
    const end = from + Math.min(pageSize, Number(MaxResults));
    return { Parameters: found.slice(from, end), ...(end < found.length ? { NextToken: String(end) } : {}) };
  }

  delete(region: string, { Names = [] }: Parameters) {
    const names = (Names as readonly unknown[]).map(String);
    if (names.length > mostDeleted) throw new LabAwsError('ValidationException', 'At most 10 names are allowed.');
    const DeletedParameters = names.filter((one) => this.#values.delete(`${region}${one}`));
    // Names that there are not (SSM API reference, DeleteParameters).
    return { DeletedParameters, InvalidParameters: names.filter((one) => !DeletedParameters.includes(one)) };
  }
}
