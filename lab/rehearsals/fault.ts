/** What a fault of the rehearsal is. */

import type { Machines } from '../machines.ts';
import type { OidcProvider } from '../services/github/oidc.ts';
import type { Faults } from '../services/http/faults.ts';

export interface FaultTarget {
  readonly machines: Machines;
  readonly faults: Faults;
  readonly oidc: OidcProvider;
}

export interface NamedFault {
  readonly name: string;
  /** One line: what goes wrong. */
  readonly description: string;
  /** How the run ends: a verdict, `recovers` when the next run is needed to get there, or `red`. */
  readonly ends: 'good' | 'bad' | 'unproven' | 'recovers' | 'red';
  /** Default: the Infobright backup. */
  readonly workflows?: readonly string[];
  readonly arrange: (target: FaultTarget) => void;
}
