/** All that a dump asks of the addresses that are written into it. */

import { type CheckOptions, checkConditions } from './check-conditions.ts';
import type { AddressCondition } from './condition.ts';

export function conditionsOf(options: CheckOptions): readonly AddressCondition[] {
  return [...checkConditions(options)];
}
