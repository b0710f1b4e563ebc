/** All that a dump asks of the addresses that are written into it. */

import { checkConditions } from './check-conditions.ts';
import type { CheckOptions } from './check-options.ts';
import type { AddressCondition } from './condition.ts';
import { partitionConditions } from './partition-conditions.ts';
import { predicateConditions } from './predicate-conditions.ts';
import { referenceConditions } from './reference-conditions.ts';
import { uniqueConditions } from './unique-conditions.ts';

export function conditionsOf(options: CheckOptions): readonly AddressCondition[] {
  const { catalogue, tables, rewritten } = options;
  return [
    ...checkConditions(options),
    ...uniqueConditions(catalogue, tables),
    ...referenceConditions(catalogue, tables),
    ...predicateConditions(catalogue, tables, rewritten),
    ...partitionConditions(catalogue, tables, rewritten),
  ];
}
