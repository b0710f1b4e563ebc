/** Logs of servers that did not start. Those of MariaDB 10.11 are real; of other versions each has its source beside it. */
import { describe, expect, test } from '@jest/globals';
import { judgeService } from '../../../src/volume/copy/service-evidence.ts';

/** What follows every failure of InnoDB, whatever its cause. */
const consequences = [
  "2026-11-26  2:02:51 0 [ERROR] Plugin 'InnoDB' registration as a STORAGE ENGINE failed.",
  '2026-11-26  2:02:51 0 [ERROR] Unknown/unsupported storage engine: InnoDB',
  '2026-11-26  2:02:51 0 [ERROR] Aborting',
];
const aborted = (error: string) =>
  `2026-11-26  2:02:51 0 [ERROR] InnoDB: Plugin initialization aborted with error ${error}`;
const log = (...lines: string[]) =>
  [
    '2026-11-26  2:02:50 0 [Warning] Could not increase number of max_open_files to more than 20000 (request: 32184)',
    '2026-11-26  2:02:50 0 [Note] InnoDB: Using crc32 + pclmulqdq instructions',
    ...lines,
    ...consequences,
  ].join('\n');

describe('damage', () => {
  test.each([
    ['header of the redo log', ['[ERROR] InnoDB: Invalid log header checksum', aborted('Data structure corruption')]],
    [
      'checkpoints',
      [
        '[ERROR] InnoDB: No valid checkpoint was found; the log was created with MariaDB 10.11.19.',
        aborted('Generic error'),
      ],
    ],
    [
      'middle of the redo log',
      [
        '[ERROR] InnoDB: The log was only scanned up to 18073868, while the current LSN at the time of the latest checkpoint 18073868 was 23366012!',
        aborted('Generic error'),
      ],
    ],
    [
      'redo log cut off',
      [
        '[ERROR] InnoDB: Missing FILE_CHECKPOINT(18073868) at 23365982',
        '[ERROR] InnoDB: Log scan aborted at LSN 23365982',
        aborted('Generic error'),
      ],
    ],
    [
      'empty redo log',
      ['[ERROR] InnoDB: ib_logfile0 is empty, and LSN is unknown.', aborted('Data structure corruption')],
    ],
    [
      'page of the system tablespace',
      [
        '[ERROR] InnoDB: Space id and page no stored in the page, read in from ./ibdata1 are [page id: space=3204189742, page number=2768269579], should be [page id: space=0, page number=7]',
        aborted('Page read from tablespace is corrupted.'),
      ],
    ],
    [
      'first page of the system tablespace',
      [
        "[ERROR] InnoDB: The data file './ibdata1' has the wrong space ID. It should be 0, but 0 was found",
        aborted('Data structure corruption'),
      ],
    ],
    [
      'a data file that the recovery needs',
      ['[ERROR] InnoDB: Tablespace 5 was not found at ./ads/c.ibd.', aborted('Tablespace not found')],
    ],
    [
      'first page of a table',
      [
        '[ERROR] InnoDB: Inconsistent tablespace ID in ./ads/c.ibd',
        "[ERROR] InnoDB: Cannot apply log to [page id: space=5, page number=265] of corrupted file './ads/c.ibd'",
        aborted('Data structure corruption'),
      ],
    ],
    [
      'Aria',
      [
        "[ERROR] mariadbd: Got error 'Missing valid id at start of file. File is not a valid aria control file' when trying to use aria control file '/ibdata-backup/aria_log_control'",
      ],
    ],
    [
      'a table of privileges',
      ["[ERROR] Fatal error: Can't open and lock privilege tables: Incorrect file format 'global_priv'"],
    ],
    // buf0buf.c of MySQL 5.1, on which Infobright 4 is built.
    [
      'MySQL 5.1',
      [
        'InnoDB: Database page corruption on disk or a failed',
        'InnoDB: file read of page 7.',
        'InnoDB: You may have to recover from a backup.',
      ],
    ],
    // log0recv.cc of MySQL 5.7 and 8.0.
    [
      'MySQL 8',
      ['[ERROR] [MY-012892] [InnoDB] Missing MLOG_CHECKPOINT between the checkpoint 1626007 and the end 1626007'],
    ],
    [
      'MySQL 5.7',
      ['2026-11-26T02:02:50.1Z 0 [ERROR] InnoDB: ############### CORRUPT LOG RECORD FOUND ###############'],
    ],
    // system/DatadirVersion.cpp of Infobright 4.0.7.
    ['Infobright', ['[ERROR] Fatal error: wrong format of /ibdata-backup/ib_data_version file.']],
  ])('%s', (_what, lines) => {
    expect(judgeService(log(...lines))).toMatchObject({ kind: 'damage' });
  });
});

describe('no damage', () => {
  test.each([
    ['another server', ['[ERROR] InnoDB: Unable to lock ./ibdata1 error: 11', aborted('Generic error')]],
    // os0file.c and log0log.c of MySQL 5.1.
    [
      'another server, MySQL 5.1',
      [
        'InnoDB: Unable to lock ./ibdata1, error: 11',
        'InnoDB: Check that you do not already have another mysqld process',
        'InnoDB: Unable to open the first data file',
      ],
    ],
    [
      'another server, Aria',
      [
        "[ERROR] mariadbd: Got error 'Could not get an exclusive lock; file is probably in use by another process' when trying to use aria control file '/ibdata-backup/aria_log_control'",
        "Unknown storage engine 'Aria'",
      ],
    ],
    [
      'the wrong owner',
      ["[ERROR] mariadbd: Can't create/write to file './ddl_recovery.log' (Errcode: 13 \"Permission denied\")"],
    ],
    [
      'the wrong owner of ibdata1',
      ["[ERROR] InnoDB: The data file './ibdata1' must be writable", aborted('Generic error')],
    ],
    [
      'the wrong owner, MySQL 5.1',
      [
        'InnoDB: Operating system error number 13 in a file operation.',
        'InnoDB: The error means mysqld does not have the access rights to',
      ],
    ],
    [
      'AppArmor',
      [
        'audit: type=1400 apparmor="DENIED" operation="open" profile="/usr/sbin/mysqld" name="/ibdata-backup/ibdata1"',
        aborted('Data structure corruption'),
      ],
    ],
    [
      'SELinux',
      [
        'type=AVC msg=audit(1): avc:  denied  { read } for pid=9 comm="mysqld" tcontext=system_u:object_r:unlabeled_t:s0',
        aborted('Cannot open a file'),
      ],
    ],
    [
      'a full disk',
      ['[ERROR] mariadbd: Error writing file \'./ddl_recovery-backup.log\' (Errcode: 28 "No space left on device")'],
    ],
    ['an option that it does not know', ["[ERROR] mariadbd: unknown variable 'no-such-option=1'"]],
    [
      'another page size',
      [
        "[ERROR] InnoDB: Data file './ibdata1' uses page size 16384, but the innodb_page_size start-up parameter is 8192",
        "[ERROR] InnoDB: The data file './ibdata1' has the wrong space ID. It should be 0, but 0 was found",
        aborted('Data structure corruption'),
      ],
    ],
    [
      'another data file path',
      [
        "[ERROR] InnoDB: The Auto-extending data file './ibdata1' is of a different size 64 pages than specified by innodb_data_file_path",
        aborted('Generic error'),
      ],
    ],
    // log0log.c of MySQL 5.1 to 5.5.
    [
      'another size of the redo log',
      [
        'InnoDB: Error: log file ./ib_logfile0 is of different size 0 5242880 bytes',
        'InnoDB: than specified in the .cnf file 0 50331648 bytes!',
      ],
    ],
    [
      'no key',
      [
        '[ERROR] InnoDB: Encryption key is not found for ./ads/e2.ibd',
        "[ERROR] InnoDB: Cannot apply log to [page id: space=7, page number=0] of corrupted file './ads/e2.ibd'",
        aborted('Data structure corruption'),
      ],
    ],
    [
      'no key for the redo log',
      [
        '[ERROR] InnoDB: Obtaining redo log encryption key version 1 failed (4294967295). Maybe the key or the required encryption key management plugin was not found.',
        '[ERROR] InnoDB: Reading log encryption info failed; the log was created with MariaDB 10.11.19.',
        aborted('Generic error'),
      ],
    ],
    // log0recv.cc of MariaDB 10.11 and MySQL 8.0.
    [
      'a newer server',
      [
        '[ERROR] InnoDB: Unsupported redo log format. The redo log was created with MariaDB 11.8.2.',
        aborted('Generic error'),
      ],
    ],
    [
      'a redo log of an older server after a crash',
      [
        '[ERROR] InnoDB: Upgrade after a crash is not supported. This redo log was created with MariaDB 10.4.1.',
        aborted('Data structure corruption'),
      ],
    ],
    [
      'MySQL 8 before an upgrade',
      [
        '[ERROR] [MY-013171] [InnoDB] Cannot boot server version 80035 on data directory built by version 80400. Downgrade is not supported',
      ],
    ],
    // log0recv.cc of MariaDB 10.0 and 10.1, and of MySQL 5.5 and 5.6: a newer log looks like one without checkpoints.
    [
      'a redo log of a newer MariaDB',
      ['InnoDB: No valid checkpoint found.', 'InnoDB: A downgrade from MariaDB 10.2.2 or later is not supported.'],
    ],
    [
      'a redo log of a newer MySQL',
      ['InnoDB: No valid checkpoint found.', 'InnoDB: If you are attempting downgrade from MySQL 5.7.9 or later,'],
    ],
    // fil0fil.cc and fsp0file.cc of MySQL 5.7.
    [
      'flags of another series',
      [
        '[ERROR] InnoDB: Tablespace flags are invalid in datafile: ./ads/c.ibd, Space ID:5, Flags: 21. Invalid flags 0x15 in data file',
        aborted('Data structure corruption'),
      ],
    ],
    ['a redo log on another volume', ['[ERROR] InnoDB: File ./ib_logfile0 was not found', aborted('Generic error')]],
    [
      'a redo log of another time',
      [
        '[ERROR] InnoDB: Page [page id: space=0, page number=0] log sequence number 22472808 is in the future! Current system log sequence number 4203322.',
        "[ERROR] InnoDB: Failed to read page 0 from file './ibdata1': Data structure corruption",
        "[ERROR] InnoDB: File './ibdata1' is corrupted",
        aborted('Data structure corruption'),
      ],
    ],
    [
      'ibdata1 on another volume',
      [
        "[ERROR] InnoDB: redo log file './ib_logfile0' exists. Creating system tablespace with existing redo log file is not recommended. Please delete redo log file before creating new system tablespace.",
      ],
    ],
    [
      'a table with a directory of its own',
      ['[ERROR] InnoDB: Tablespace 5 was not found at /fast/ads/c.ibd.', aborted('Tablespace not found')],
    ],
    [
      'an empty data directory',
      ["[ERROR] Fatal error: Can't open and lock privilege tables: Table 'mysql.db' doesn't exist"],
    ],
    [
      'too little memory',
      [
        '[ERROR] mariadbd: Out of memory (Needed 128180224 bytes)',
        "terminate called after throwing an instance of 'std::system_error'",
      ],
    ],
    ['a limit', ['[ERROR] InnoDB: Operating system error number 24 in a file operation.', aborted('Generic error')]],
    ['a port in use', ["[ERROR] Can't start server : Bind on unix socket: Permission denied"]],
    [
      'a device that fails',
      [
        '[ERROR] InnoDB: Operating system error number 5 in a file operation.',
        "[ERROR] InnoDB: File './ibdata1' is corrupted",
      ],
    ],
    ['a crash without a word of the data', ['261126  2:04:29 [ERROR] mariadbd got signal 6 ;']],
    [
      'a table that was missing on the source, too',
      [
        "[ERROR] InnoDB: Cannot open datafile for read-only: './ads/old.ibd' OS error: 71",
        '[Warning] InnoDB: Ignoring tablespace for ads/old because it could not be opened.',
        '[Note] InnoDB: corrupt',
      ],
    ],
    // RCEngine.cpp and Configuration.cpp of Infobright 4.0.7.
    [
      'a folder of Infobright that is missing here',
      ['Brighthouse: Can not access cache folder /usr/local/infobright/cache.'],
    ],
    ['settings of Infobright', ['[ERROR] Unable to load configuration']],
    [
      'another data folder of Infobright',
      ["[ERROR] Specified path: `/ibdata-backup/' is not Infobright data directory."],
    ],
    ['nothing', []],
  ])('%s', (_what, lines) => {
    expect(judgeService(log(...lines))).toMatchObject({ kind: 'doubt', reason: expect.any(String) });
  });
});
