-- object @harbour.tickets: a table is missing
SET foreign_key_checks = 0; DROP TABLE harbour.tickets;

-- object @harbour.nothing_yet: an empty table is missing
DROP TABLE harbour.nothing_yet;

-- object @harbour.sink: a table whose engine keeps nothing is missing
DROP TABLE harbour.sink;

-- object @harbour.ghost: a table more
CREATE TABLE harbour.ghost (id INT PRIMARY KEY); INSERT INTO harbour.ghost VALUES (1);

-- object @harbour.phantom: an empty table more
CREATE TABLE harbour.phantom (id INT);

-- object @empty_dock: an empty database is missing
DROP DATABASE empty_dock;

-- object @wreck: a database more
CREATE DATABASE wreck;

-- object @customs: character set of a database
ALTER DATABASE customs CHARACTER SET latin1 COLLATE latin1_swedish_ci;

-- object @customs: comment of a database
ALTER DATABASE customs COMMENT 'other words';

-- object @harbour: collation of a database
ALTER DATABASE harbour COLLATE utf8mb4_unicode_ci;

-- object @harbour.nothing_yet: an empty table lost a column
ALTER TABLE harbour.nothing_yet DROP COLUMN v;

-- object @harbour.nothing_yet: an empty table got a column
ALTER TABLE harbour.nothing_yet ADD COLUMN w INT;

-- object @harbour.nothing_yet: a default
ALTER TABLE harbour.nothing_yet ALTER v SET DEFAULT 'other';

-- object @harbour.nothing_yet: a default is gone
ALTER TABLE harbour.nothing_yet ALTER v DROP DEFAULT;

-- object @harbour.nothing_yet: a column may no longer be NULL
ALTER TABLE harbour.nothing_yet MODIFY v VARCHAR(20) NOT NULL DEFAULT 'none';

-- object @harbour.nothing_yet: primary key of an empty table is gone
ALTER TABLE harbour.nothing_yet DROP PRIMARY KEY;

-- object @harbour.bag: a VARCHAR is longer
ALTER TABLE harbour.bag MODIFY w VARCHAR(40);

-- object @harbour.bag: an INT became a BIGINT
ALTER TABLE harbour.bag MODIFY k BIGINT;

-- object @harbour.bag: a column has another name
ALTER TABLE harbour.bag RENAME COLUMN w TO word;

-- object @harbour.bag: two columns changed places
ALTER TABLE harbour.bag MODIFY k INT AFTER w;

-- object @harbour.bag: comment of a column
ALTER TABLE harbour.bag MODIFY w VARCHAR(20) COMMENT 'what is in it';

-- object @harbour.bag: comment of a table
ALTER TABLE harbour.bag COMMENT = 'loose things';

-- object @harbour.bag: engine of a table
ALTER TABLE harbour.bag ENGINE = MyISAM;

-- object @harbour.sayings: collation of a column
ALTER TABLE harbour.sayings MODIFY w VARCHAR(60) COLLATE utf8mb4_general_ci;

-- object @harbour.sayings: character set a table gives to new columns
ALTER TABLE harbour.sayings DEFAULT CHARACTER SET latin1;

-- object @harbour.choices: an ENUM has one value more
ALTER TABLE harbour.choices MODIFY kind ENUM('bulk','box','oil','','gas') DEFAULT 'box';

-- object @harbour.choices: a JSON column became a text without its check
ALTER TABLE harbour.choices MODIFY loose LONGTEXT;

-- object @harbour.modern: an invisible column became visible
ALTER TABLE harbour.modern MODIFY hidden INT DEFAULT 7;

-- object @harbour.modern: expression of a generated column
ALTER TABLE harbour.modern MODIFY computed INT AS (id + 2) VIRTUAL;

-- object @harbour.modern: a generated column became a plain one
ALTER TABLE harbour.modern MODIFY made VARCHAR(40);

-- object @harbour.modern: a compressed column became a plain one
ALTER TABLE harbour.modern MODIFY packed TEXT;

-- object @harbour.landings: an index is missing
ALTER TABLE harbour.landings DROP KEY berth;

-- object @harbour.landings: an index of two columns has them in another order
ALTER TABLE harbour.landings DROP KEY ship, ADD KEY ship (day, ship);

-- object @harbour.landings: an index covers more letters
ALTER TABLE harbour.landings DROP KEY note, ADD KEY note (note(20));

-- object @harbour.seals: a unique key became a plain one
ALTER TABLE harbour.seals DROP KEY holder, ADD KEY holder (holder);

-- object @harbour.tickets: AUTO_INCREMENT of a column is gone
ALTER TABLE harbour.tickets MODIFY id BIGINT NOT NULL;

-- object @harbour.shapes: a spatial index is missing
ALTER TABLE harbour.shapes DROP KEY spot;

-- object @harbour.wide_row: a full-text index is missing
ALTER TABLE harbour.wide_row DROP KEY search;

-- object @harbour.yards: bounds of partitions
ALTER TABLE harbour.yards REORGANIZE PARTITION low, middle INTO (PARTITION low VALUES LESS THAN (150), PARTITION middle VALUES LESS THAN (200));

-- object @harbour.yards: a partition has another name
ALTER TABLE harbour.yards REORGANIZE PARTITION low INTO (PARTITION lower VALUES LESS THAN (100));

-- object @harbour.sheds: a table is no longer partitioned
ALTER TABLE harbour.sheds REMOVE PARTITIONING;

-- object @harbour.rates: a table is no longer versioned
ALTER TABLE harbour.rates DROP SYSTEM VERSIONING;

-- object @harbour.leases: a period is gone
ALTER TABLE harbour.leases DROP PERIOD FOR term;

-- object @customs.duties: a check is missing
ALTER TABLE customs.duties DROP CONSTRAINT positive;

-- object @customs.duties: a check is wider
ALTER TABLE customs.duties DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (sum >= -1);

-- object @customs.duty_lines: a foreign key is missing
ALTER TABLE customs.duty_lines DROP FOREIGN KEY of_duty;

-- object @customs.duty_lines: what a foreign key does on deletion
ALTER TABLE customs.duty_lines DROP FOREIGN KEY of_duty; ALTER TABLE customs.duty_lines ADD CONSTRAINT of_duty FOREIGN KEY (duty) REFERENCES customs.duties (id);

-- object @harbour.manifest: an index of a MyISAM table is missing
ALTER TABLE harbour.manifest DROP KEY day;

-- object @harbour.logbook: a table of an engine that is not installed any more
FLUSH TABLES; UNINSTALL SONAME 'ha_archive';

-- object @harbour.numbers: a table is in another database
RENAME TABLE harbour.numbers TO customs.numbers;

-- tuning @harbour.old_format: row format of a table
ALTER TABLE harbour.old_format ROW_FORMAT = DYNAMIC;

-- tuning @harbour.landings: an index is ignored
ALTER TABLE harbour.landings ALTER INDEX ship IGNORED;

-- tuning @harbour.landings: statistics that are kept
ALTER TABLE harbour.landings STATS_PERSISTENT = 0;

-- tuning @harbour.squeezed: a compressed table is no longer so
ALTER TABLE harbour.squeezed ROW_FORMAT = DYNAMIC KEY_BLOCK_SIZE = 0;

-- tuning @harbour.page_squeezed: pages are no longer compressed
ALTER TABLE harbour.page_squeezed PAGE_COMPRESSED = 0;

-- tuning @harbour.packed_lanes: a MyISAM table keeps no checksum any more
ALTER TABLE harbour.packed_lanes CHECKSUM = 0;

-- tuning @harbour.buoys: an Aria table writes no log any more
ALTER TABLE harbour.buoys TRANSACTIONAL = 0;

-- tuning @harbour.receipts_no: cache of a sequence
ALTER SEQUENCE harbour.receipts_no CACHE 100;
