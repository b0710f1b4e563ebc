import type { DisturbanceKind } from '../../../../dump/engines/postgres/snapshot/disturbance.ts';
import { BackupError, explain } from '../../../../runtime/errors.ts';

/** An attempt that was disturbed before pg_dump had its locks. */
export class Disturbed extends BackupError {
  readonly kind: DisturbanceKind;

  constructor(kind: DisturbanceKind, what: string, more: Partial<ReturnType<typeof explain>> = {}) {
    super({ ...more, what });
    this.kind = kind;
  }

  /** The same error; one that may be tried again when it is a disturbance. */
  static by(error: BackupError, kind: DisturbanceKind | undefined): BackupError {
    return kind === undefined ? error : new Disturbed(kind, error.what, explain(error));
  }
}
