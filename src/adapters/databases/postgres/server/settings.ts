/** Parameters of a server that is used once, for one restore: fast rather than safe, since a crash costs only the proof. */

const mebi = 1024 * 1024;

/** Folder of the socket, and the port in its name, as the server sees them. */
export const socketFolder = '/socket';
export const port = 5432;

export interface ServerNeeds {
  /** Bytes of the machine's memory. */
  readonly memory: number;
  /** Parallel jobs of the restore. */
  readonly jobs: number;
  /** Libraries that extensions want to be loaded at the start. */
  readonly preload: readonly string[];
  /** Database that is going to be made. */
  readonly database: string;
}

const within = (value: number, least: number, most: number): number =>
  Math.round(Math.min(Math.max(value, least), most));

/**
 * Parameters of the command line, which win over ALTER SYSTEM.
 *
 * The locks that a pg_dump of the copy takes have to fit: max_locks_per_transaction times max_connections (PostgreSQL manual,
 * 20.12). Errors of statements are not logged, since they may quote values.
 */
export function serverParameters({ memory, jobs, preload, database }: ServerNeeds): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    port: String(port),
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    checkpoint_timeout: '1h',
    shared_buffers: `${within(memory / mebi / 8, 128, 2048)}MB`,
    maintenance_work_mem: `${within(memory / mebi / 16, 64, 1024)}MB`,
    max_connections: String(20 + jobs),
    max_locks_per_transaction: '4096',
    autovacuum: 'off',
    jit: 'off',
    restart_after_crash: 'off',
    lc_messages: 'C',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    logging_collector: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  if (preload.length > 0) settings.shared_preload_libraries = preload.join(',');
  if (preload.includes('pg_cron')) {
    // pg_cron can be created in this database alone. Its jobs belong to the source; its log would change the copy.
    settings['cron.database_name'] = database;
    settings['cron.launch_active_jobs'] = 'off';
    settings['cron.log_run'] = 'off';
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
