/** What doctor works with, and what it reports. */

import type { DoctorPorts } from '../../doctor/gather/settings.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ActionContext } from '../../runtime/context.ts';

export type Ports = DoctorPorts;

export interface Findings {
  readonly outcome: 'done';
  readonly examination: readonly Finding[];
}

export type Context = ActionContext<Findings>;
