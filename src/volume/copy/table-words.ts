/** Words of database servers about their tables, and what each means: only words that speak of damage are damage. */

/**
 * What the server says of a sound table: of a MyISAM or Aria table that was open when it was frozen, and of one whose server
 * is of another version (MySQL's sql/sql_admin.cc and storage/myisam/mi_check.c, in 5.1 sql/sql_table.cc).
 */
const harmless =
  /^OK$|already up to date|hasn't closed the table properly|haven't closed the table properly|almost full|Number of rows changed|Unpurged clustered index record|stale history|smaller than max used value|auto_increment column has the value 0/i;

/** An engine without a check, and what is no table of its own: not compared. */
const withoutCheck = /doesn't support check|does not support check|is not BASE TABLE|not implemented/i;

/** Another version of the server, which would first convert the table: not compared. */
const otherVersion =
  /upgrade required|rebuild required|needs? (?:an? )?(?:upgrade|rebuild)|please do "?alter table .* force/i;

/** What the host lacks, or the account may not do: no word of the data, and what the server says behind it follows from it. */
const ofTheHost =
  /(?:errno|errcode|error)[: ]+(?:11|12|13|23|24|28)\b|too many open files|permission denied|command denied|access denied|no space left|not enough memory|out of (?:memory|resources)|unknown (?:storage|table) engine|plugin .*not loaded|table (?:is )?encrypted|decryption failed|encryption (?:key|plugin)|master key from keyring/i;

/**
 * What MariaDB says of a damaged first page and of a table without its key alike, and of a missing file and one that it may
 * not open (tried on 10.11): the server's log decides. "Corrupt" follows each.
 */
const undecided =
  /is corrupted\. please drop the table and recreate|missing, corrupt or contains bad data|tablespace is missing|failed to read from the \.par file/i;

/** What a server logs of a host that lacks a right, a file, memory, room or a key. */
const logOfHost =
  /operating system error number (?:11|12|13|23|24|28)\b|too many open files|permission denied|no space left|encrypted page|decrypt|encryption (?:key|plugin)|keyring|master key|obtaining .*key/i;

/** Whether these words, and what the server has logged, show that a host stands in the way rather than damage. */
export function mayBeHost(words: readonly string[], log: string): boolean {
  // A log without a word is another file than those that were read.
  const doubted = words.filter((text) => undecided.test(text));
  const others = words.filter((text) => !undecided.test(text) && !/^corrupt$/i.test(text));
  return doubted.length > 0 && others.length === 0 && (log.trim() === '' || logOfHost.test(log));
}

/** Words of damage, each of which a check prints where it found something other than what must be there. */
const damaged = [
  // Any engine: the server's own last word (HA_ADMIN_CORRUPT), and the handler's errors 126, 127, 134, 145, 180, 1712.
  /\bcorrupt/i,
  /marked as crashed|\bcrashed\b/i,
  /incorrect (?:key file|information in file)|old key file/i,
  // InnoDB: a secondary index and the table differ (row0mysql.cc, row_check_index).
  /index .*contains \d+ entries, should be \d+/i,
  /doesn't exist in engine|tablespace is missing|can't (?:find|open|read) (?:the )?(?:file|indexpage|key|delete-link)/i,
  // MyISAM and Aria (mi_check.c, ma_check.c): a number, a link or a key that is not what it must be.
  /should be:? *-?\d+/i,
  /^found (?:key|wrong|duplicated|a row|link|block|record|too long|next-recordlink|more than|\d+ (?:keys|deleted))/i,
  /points? (?:at|to|outside)|doesn't (?:point|match)|is not (?:ok|correct|remove-marked)/i,
  /^(?:wrong|invalid|mis-?aligned|unexpected|key in wrong position|deleted block with impossible|unknown page type)/i,
  /can't find key for index|record at: .*can't find/i,
  // A row that is in a partition where it does not belong (ha_partition.cc).
  /misplaced row|wrong partition/i,
  /checksum/i,
];

export type TableWord = 'sound' | 'of-the-host' | 'without-check' | 'other-version' | 'damaged' | 'unclear';

/** What one line of CHECK TABLE means. @param type `status`, `info`, `note`, `warning` or `error` */
export function tableWord(type: string, text: string): TableWord {
  if (harmless.test(text) || type === 'info') return 'sound';
  if (withoutCheck.test(text)) return 'without-check';
  if (otherVersion.test(text)) return 'other-version';
  if (ofTheHost.test(text)) return 'of-the-host';
  if (damaged.some((pattern) => pattern.test(text))) return 'damaged';
  // The status that follows a warning or a note decides.
  return /^(?:error|status)$/i.test(type) ? 'unclear' : 'sound';
}

/** Damage that a server names in its log when it dies of it. */
const diesOfDamage =
  /(?:InnoDB|\[ERROR\]|\[FATAL\]).*corrupt|marked as crashed|database page|clustered index record not found|assertion failure in file \S*\b(?:btr|page|rem|row|buf|fil|fsp|trx)0|checksum mismatch/i;

/** What every crash of a MySQL or MariaDB server ends with, whatever the reason (sql/signal_handler.cc). */
const ofAnyCrash = /linked against is corrupt|improperly built/i;

/** @returns the line of the log that names the damage */
export function namedDamage(log: string): string | undefined {
  return log
    .split('\n')
    .find((line) => diesOfDamage.test(line) && !ofAnyCrash.test(line))
    ?.trim();
}
