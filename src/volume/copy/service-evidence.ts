/**
 * Why a database server does not start on a copy: damaged data, or something else. Texts are those of MySQL 5.1 to 8.4, MariaDB
 * 5.5 to 11 and Infobright 4.0.7 (storage/innobase, storage/maria, sql/, storage/brighthouse of their sources). Listed is only
 * what keeps a server from starting; what a server says of single tables is left to the comparison.
 */
import { firstSign, type Judgement, type Sign } from './mount-evidence.ts';

/** Each of these wins over every sign of damage: InnoDB ends with "Data structure corruption" also where it only lacks a key. */
export const serviceDoubts: readonly Sign[] = [
  {
    pattern: /unable to lock|can't lock aria control|probably in use by another process|Do you already have another/i,
    means: 'another server uses the same files, socket or port',
    fix: 'stop the other server on the verification host',
  },
  {
    pattern:
      /permission denied|error number 13\b|Errcode: 13\b|OS errno 13\b|must be (writable|readable)|operation not permitted/i,
    means: 'the server may not read or write its files',
    fix: 'give the account of the server the same number on the verification host as on the source, and look at AppArmor and SELinux',
  },
  {
    pattern: /avc: +denied|apparmor="?DENIED/i,
    means: 'SELinux or AppArmor refuses the server',
    fix: 'allow it on the verification host (ausearch -m avc -ts recent)',
  },
  {
    pattern: /no space left|disk (is )?full|error number 28\b|Errcode: 28\b|errno:? 28\b|Could not set the file size/i,
    means: 'a filesystem is full, and a server needs room to recover',
    fix: 'make room on the source, or grow the copy',
  },
  {
    pattern:
      /unknown (option|variable|suffix)|unrecogni[sz]ed option|ambiguous option|Could not open required defaults file|Can't find messagefile|Can't change dir to|Fatal error in defaults|Plugin .* is not loaded|Can't open shared library/i,
    means: "the server's configuration on the verification host does not fit",
    fix: 'use the same server version, settings and plugins as on the source',
  },
  {
    pattern:
      /cannot allocate (memory|.*buffer pool)|out of memory|std::bad_alloc|Resource temporarily unavailable|mmap\(.*failed|oom-kill/i,
    means: 'the verification host has too little memory for these settings',
    fix: 'give the verification host more memory, or the server smaller buffers',
  },
  {
    pattern: /too many open files|error number 24\b|Errcode: 24\b|io_setup\(\) failed/i,
    means: 'a limit of the verification host is too low',
    fix: 'raise the limits of the service (LimitNOFILE, fs.aio-max-nr)',
  },
  {
    pattern:
      /unsupported (redo|undo|compressed)? ?log format|redo log was created (before|with|by)|upgrade after a crash|cannot (boot|upgrade|downgrade) server|Invalid MySQL server (up|down)grade|(mysql|mariadb)[_-]upgrade|downgrad(e|ing)|Data Dictionary (initialization|upgrade) failed|Invalid flags 0x|created (by|with) a (newer|later|different)|Unsupported (tablespace )?format|FSP_SPACE_FLAGS/i,
    means: 'the data belong to another version of the server than the verification host has, or to other settings',
    fix: 'use the same server version and settings on the verification host as on the source',
  },
  {
    pattern:
      /innodb_page_size|innodb_log_file_size|innodb_data_file_path|innodb_data_home_dir|innodb_log_group_home_dir|innodb_undo_(directory|tablespaces)|lower_case_table_names|log file \S+ is of (a )?different size|of different (sizes|size) than (specified|other log files)|page size/i,
    means: "the settings of the server on the verification host differ from the source's",
    fix: 'use the same InnoDB settings as on the source (page size, log size, data file path, directories)',
  },
  {
    pattern: /encrypt|decrypt|keyring|key[_ ]management|master key/i,
    means: 'the data are encrypted, and the server on the verification host has not the key',
    fix: 'install the same keys and key plugin on the verification host',
  },
  {
    pattern:
      /File \S*ib_logfile\d+ was not found|ib_logfile\S* exists\. Creating system tablespace|log sequence number \d+ is in the future|Only one log file found|ibdata\S* (was not found|does not exist)|innodb_system data file/i,
    means: 'redo log and data files are not of one piece: one of them may not be on this volume',
    fix: 'put the redo log and all data files on the volume that is backed up',
  },
  {
    pattern: /Tablespace \d+ was not found at \/|Could not find a valid tablespace file for `?[^`]*`?.*data directory/i,
    means: 'a data file is needed that was kept outside of this volume',
    fix: 'put all data files on the volume that is backed up',
  },
  {
    pattern:
      /Can't open and lock privilege tables(?!.*Incorrect (file format|key file))|Table '?mysql\.\w+'? doesn't exist|Failed to find valid data directory|mysql_install_db/i,
    means: 'the server finds no tables of privileges where it looks for its data',
    fix: 'let its data directory on the verification host be the one on the copy, and its version that of the source',
  },
  {
    // RCEngine::Init and DatadirVersion of Infobright.
    pattern:
      /Unable to load configuration|is not Infobright data directory|License verification failed|cache ?folder|can not create (folder|or write)|(data ?dir|data version).*(newer|version|migrat)|migration (failed|of)/i,
    means: "Infobright's own settings (brighthouse.ini) or version do not fit the verification host",
    fix: 'make the folders that brighthouse.ini names on the verification host, and use the same version of Infobright',
  },
  {
    pattern:
      /address already in use|Bind on (TCP|unix)|can't create (test|pid|unix|PID)|Could not create unix socket|cannot assign requested/i,
    means: 'the server cannot make its socket, port or pid file',
    fix: 'look at socket, port and pid file in its configuration',
  },
  {
    pattern: /error number 5\b|Input\/output error|Errcode: 5\b|OS errno 5\b/i,
    means: 'the device could not be read, which is not what the snapshot holds',
    fix: 'run the verification again; if it stays, look at the volume in the console (status checks)',
  },
];

/** What a server says only of data that are damaged, and that keeps it from starting. */
export const serviceDamage: readonly Sign[] = [
  {
    pattern:
      /Page read from tablespace is corrupted|database page corruption on disk|page \[page id:.*(corrupt|checksum)|Space id and page no stored in the page.*should be/i,
    means: 'a page of the system tablespace does not match its own checksum, or is another page (buf0buf.cc)',
  },
  {
    pattern:
      /Cannot apply log to .*corrupted file|File '[^']*' is corrupted|Inconsistent tablespace ID|Header page consists of zero bytes|has the wrong space ID/i,
    means: 'a data file is not the one that redo log and dictionary belong to (log0recv.cc, fsp0file.cc)',
  },
  {
    pattern:
      /Invalid log header checksum|No valid checkpoint (was )?found|Missing (FILE|MLOG)_CHECKPOINT|Missing MLOG_FILE_NAME|CORRUPT LOG RECORD FOUND|The log was only scanned up to|Log scan aborted at LSN|log block .*(checksum|corrupt)|corrupt(ion)? (in|of) the redo log|LSN is unknown|cannot find .*checkpoint/i,
    means: 'the redo log does not match its checksums, or ends before its own checkpoint (log0recv.cc)',
  },
  {
    pattern:
      /Tablespace \d+ was not found at \.\/|Missing FILE_CREATE, FILE_DELETE or FILE_MODIFY|Tablespace is missing for|tablespace .* is missing and .*recovery/i,
    means: 'a data file that the recovery needs is missing from the data directory',
  },
  {
    pattern:
      /File is not a valid aria control file|aria control file.*(checksum|size)|aria_log_control.*(checksum|corrupt)/i,
    means: 'the control file of the engine Aria has not its form (ma_control_file.c)',
  },
  {
    pattern: /wrong format of \S*ib_data_version file|can not read the sequence number from the table sequencer file/i,
    means: "a file that Infobright's engine keeps of its own has not its form (DatadirVersion.cpp, RCEngine.cpp)",
  },
  {
    pattern: /Incorrect file format '|Incorrect key file for table '\.?\/?mysql/i,
    means: 'a table without which the server does not start has not its form',
  },
  {
    pattern: /Data dictionary .*(corrupt|inconsistent)|dictionary (cache|table) .*corrupt|SYS_\w+ .*corrupt/i,
    means: "InnoDB's dictionary contradicts itself",
  },
];

/** @param log what the service has logged since it was started on the copy */
export function judgeService(log: string): Judgement {
  const lines = log.split('\n').filter((line) => !/\[(Note|System|Warning)\]/.test(line) || /denied/i.test(line));
  const doubt = firstSign(serviceDoubts, lines);
  if (doubt) return { kind: 'doubt', reason: `${doubt.sign.means}: ${doubt.line}`, fix: doubt.sign.fix };
  const damage = firstSign(serviceDamage, lines);
  if (damage) return { kind: 'damage', reason: damage.sign.means, words: damage.line };
  return { kind: 'doubt', reason: 'its log shows no damage', fix: undefined };
}
