/** All checks over one inventory, the worst findings first within each area. */
import type { Finding, FindingStatus } from '../domain/finding.ts';
import { bucketFindings } from './checks/buckets.ts';
import { configurationFindings } from './checks/configuration.ts';
import { environmentFindings } from './checks/environment.ts';
import { hostFindings } from './checks/hosts.ts';
import { identityFindings } from './checks/identity.ts';
import { stackFindings } from './checks/stack.ts';
import { watchingFindings } from './checks/watching.ts';
import { workflowFindings } from './checks/workflows.ts';
import type { Inventory } from './inventory.ts';

const order: readonly FindingStatus[] = ['failed', 'warning', 'not-checked', 'ok'];

export function examine(inventory: Inventory): readonly Finding[] {
  const areas = [
    identityFindings,
    stackFindings,
    configurationFindings,
    workflowFindings,
    watchingFindings,
    hostFindings,
    bucketFindings,
    environmentFindings,
  ];
  return areas.flatMap((check) =>
    check(inventory).toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status)),
  );
}
