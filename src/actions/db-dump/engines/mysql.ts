/** MySQL and MariaDB. */
import { ConfigurationError } from '../../../runtime/errors.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openMysql(_request: EngineRequest): OpenedEngine {
  throw new ConfigurationError({
    what: 'nothing was done',
    problems: ['engine: this version of the action cannot dump mysql yet; allowed: postgres'],
  });
}
