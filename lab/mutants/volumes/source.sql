-- The source of the changed volumes: a port's books, with every shape that a fingerprint may treat differently. Loaded by root.
INSTALL SONAME 'ha_archive';
INSTALL SONAME 'ha_blackhole';
SET GLOBAL innodb_file_per_table = ON;
CREATE DATABASE harbour CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE DATABASE `quay-7 "north"` CHARACTER SET latin1;
CREATE DATABASE customs CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT 'duties and seals';
CREATE DATABASE empty_dock;
USE harbour;

-- Types.
CREATE TABLE numbers (id INT PRIMARY KEY, tiny TINYINT, small SMALLINT UNSIGNED, middle MEDIUMINT, whole INT, big BIGINT, huge BIGINT UNSIGNED,
  exact DECIMAL(20,6), padded INT(8) ZEROFILL, yes BOOLEAN) ENGINE=InnoDB;
INSERT INTO numbers SELECT seq, CAST(seq AS SIGNED) % 100 - 50, seq * 60, CAST(seq AS SIGNED) * 7 - 900, seq * 100003, CAST(seq AS SIGNED) * -9007199254741, 18446744073709551615 - seq, seq * 3.141592, seq, seq % 2 FROM seq_1_to_250;
INSERT INTO numbers (id) VALUES (900), (901);
CREATE TABLE counts LIKE numbers;
INSERT INTO counts SELECT * FROM numbers;
CREATE TABLE floats (id INT PRIMARY KEY, single FLOAT, twice DOUBLE, scaled FLOAT(9,3)) ENGINE=InnoDB;
INSERT INTO floats SELECT seq, seq / 7, SQRT(seq), seq / 9 FROM seq_1_to_250;
INSERT INTO floats VALUES (900, 0, 0, 0), (901, 16777216, 9007199254740992, 1);
CREATE TABLE signs (id INT PRIMARY KEY, single FLOAT, twice DOUBLE) ENGINE=InnoDB;
INSERT INTO signs VALUES (900, 0, 0), (901, 1, 1);
CREATE TABLE bits (id INT PRIMARY KEY, one BIT(1), many BIT(33), full BIT(64)) ENGINE=InnoDB;
INSERT INTO bits SELECT seq, seq % 2, seq * 12345678, ~seq FROM seq_1_to_60;
CREATE TABLE texts (id INT PRIMARY KEY, fixed CHAR(12), words VARCHAR(120), tiny TINYTEXT, plain TEXT, middle MEDIUMTEXT, far LONGTEXT,
  western VARCHAR(30) CHARACTER SET latin1, exact VARCHAR(30) COLLATE utf8mb4_bin, wide VARCHAR(20) CHARACTER SET utf16, national VARCHAR(30) COLLATE utf8mb4_unicode_ci) ENGINE=InnoDB;
INSERT INTO texts SELECT seq, CONCAT('f', seq), CONCAT('words of ', seq), CONCAT('t', seq), REPEAT(CONCAT('p', seq, ' '), 40), REPEAT(CONCAT('m', seq, ' '), 200), REPEAT(CONCAT('l', seq, ' '), 3000),
  CONCAT('Zürich ', seq), CONCAT('Exakt ', seq), CONCAT('weit ', seq), CONCAT('Straße ', seq) FROM seq_1_to_80;
INSERT INTO texts (id, fixed, words, tiny, plain) VALUES (900, '', '', '', ''), (901, NULL, NULL, NULL, NULL), (902, 'end', 'end', 'end', 'end'), (903, 'a', 'bc', 'd', 'ef'), (904, 'tab	x', 'line\nx', 'back\\x', 'nul\0x'),
  (905, 'NULL', 'NULL', '\\N', 'NULL');
CREATE TABLE notes LIKE texts;
INSERT INTO notes SELECT * FROM texts;
CREATE TABLE sayings (id INT PRIMARY KEY, v VARCHAR(60), w VARCHAR(60) COLLATE utf8mb4_unicode_ci) ENGINE=InnoDB;
INSERT INTO sayings VALUES (1, 'Café au lait', 'Résumé'), (2, 'ANCHOR', 'Anchor'), (3, 'resume', 'resume'), (4, 'naïve', 'naïve'), (5, 'ship  ', 'ship'), (6, '🚢', '⚓'), (7, 'two', 'columns'), (8, 'Über', 'Ueber');
CREATE TABLE letters (a VARCHAR(30) NOT NULL, b VARCHAR(30) NOT NULL, c TEXT NOT NULL) ENGINE=InnoDB;
INSERT INTO letters SELECT CONCAT('left', seq), CONCAT('right', seq), CONCAT('rest', seq) FROM seq_1_to_120;
CREATE TABLE binaries (id INT PRIMARY KEY, fixed BINARY(8), free VARBINARY(40), tiny TINYBLOB, plain BLOB, middle MEDIUMBLOB, far LONGBLOB) ENGINE=InnoDB;
INSERT INTO binaries SELECT seq, UNHEX(LEFT(MD5(seq), 16)), UNHEX(SHA1(seq)), UNHEX(MD5(seq + 1)), UNHEX(REPEAT(MD5(seq), 10)), UNHEX(REPEAT(SHA2(seq, 512), 60)), UNHEX(REPEAT(SHA2(seq + 1, 512), 900)) FROM seq_1_to_40;
CREATE TABLE times (id INT PRIMARY KEY, day DATE, at DATETIME, at6 DATETIME(6), stamp TIMESTAMP NULL, stamp6 TIMESTAMP(6) NULL, span TIME, span4 TIME(4), y YEAR) ENGINE=InnoDB;
SET SESSION time_zone = '+00:00', sql_mode = '';
INSERT INTO times SELECT seq, '2019-01-01' + INTERVAL seq DAY, '2019-01-01' + INTERVAL seq HOUR, '2019-01-01 00:00:00.000007' + INTERVAL seq MINUTE, '2019-01-01' + INTERVAL seq HOUR, '2019-01-01 00:00:00.000009' + INTERVAL seq MINUTE,
  SEC_TO_TIME(seq * 61), SEC_TO_TIME(CAST(seq AS SIGNED) * -7.0003), 1960 + seq % 90 FROM seq_1_to_150;
INSERT INTO times (id, day, at, stamp) VALUES (900, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00'), (901, '2020-02-00', '1000-01-01 00:00:00', '2038-01-19 03:14:07'), (902, NULL, NULL, NULL);
CREATE TABLE dates LIKE times;
INSERT INTO dates SELECT * FROM times;
SET SESSION sql_mode = DEFAULT;
CREATE TABLE choices (id INT PRIMARY KEY, kind ENUM('bulk','box','oil','') DEFAULT 'box', marks SET('wet','cold','flam','tox'), doc JSON, loose JSON) ENGINE=InnoDB;
INSERT INTO choices SELECT seq, ELT(1 + seq % 3, 'bulk', 'box', 'oil'), ELT(1 + seq % 3, 'wet', 'wet,cold', 'tox'), CONCAT('{"n": ', seq, ', "m": [1, 2]}'), '{"a": 1.0}' FROM seq_1_to_90;
CREATE TABLE modern (id INT PRIMARY KEY, ident UUID, six INET6, four INET4, made VARCHAR(40) AS (CONCAT('m', id)) STORED, computed INT AS (id + 1) VIRTUAL,
  hidden INT INVISIBLE DEFAULT 7, packed TEXT COMPRESSED, loose BLOB, CHECK (id > 0)) ENGINE=InnoDB;
INSERT INTO modern (id, ident, six, four, packed, loose, hidden) SELECT seq, CONCAT('00000000-0000-4000-8000-', LPAD(seq, 12, '0')), CONCAT('2001:db8::', HEX(seq)), CONCAT('10.0.0.', seq), REPEAT(CONCAT('packed ', seq), 30), COLUMN_CREATE('depth', seq), seq FROM seq_1_to_70;
CREATE TABLE shapes (id INT PRIMARY KEY, spot POINT NOT NULL, track LINESTRING, area GEOMETRY, SPATIAL KEY spot (spot)) ENGINE=InnoDB;
INSERT INTO shapes SELECT seq, POINT(seq, seq / 2), ST_LineFromText(CONCAT('LINESTRING(0 0,', seq, ' 1)')), ST_GeomFromText(CONCAT('POLYGON((0 0,', seq, ' 0,1 1,0 0))'), 4326) FROM seq_1_to_40;

-- Keys.
CREATE TABLE landings (id INT AUTO_INCREMENT PRIMARY KEY, berth INT NOT NULL, ship VARCHAR(40) NOT NULL, tons DECIMAL(12,2) NOT NULL, day DATE NOT NULL, note VARCHAR(80),
  KEY berth (berth), KEY ship (ship, day), KEY note (note(10))) ENGINE=InnoDB;
INSERT INTO landings (berth, ship, tons, day, note) SELECT seq % 90, CONCAT('ship ', seq % 700), seq * 0.25, '2015-01-01' + INTERVAL seq % 2000 DAY, CONCAT('note ', MD5(seq)) FROM seq_1_to_24000;
CREATE TABLE weighings (berth SMALLINT NOT NULL, no INT NOT NULL, kilos DOUBLE, PRIMARY KEY (berth, no), KEY kilos (kilos)) ENGINE=InnoDB;
INSERT INTO weighings SELECT seq % 30, seq, seq / 3 FROM seq_1_to_3000;
CREATE TABLE seals (code VARCHAR(40) COLLATE utf8mb4_general_ci PRIMARY KEY, holder VARCHAR(40), UNIQUE KEY holder (holder)) ENGINE=InnoDB;
INSERT INTO seals SELECT CONCAT('Seal-', MD5(seq)), CONCAT('holder ', seq) FROM seq_1_to_900;
CREATE TABLE idents (k BINARY(16) PRIMARY KEY, v INT) ENGINE=InnoDB;
INSERT INTO idents SELECT UNHEX(MD5(seq)), seq FROM seq_1_to_500;
CREATE TABLE tides (at DATETIME NOT NULL, level DECIMAL(5,2) NOT NULL) ENGINE=InnoDB;
INSERT INTO tides SELECT '2021-01-01' + INTERVAL seq HOUR, seq % 17 FROM seq_1_to_1500;
CREATE TABLE bag (k INT, w VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO bag SELECT seq % 12, CONCAT('w', seq % 12) FROM seq_1_to_240;
CREATE TABLE far_apart (id BIGINT UNSIGNED PRIMARY KEY, v INT) ENGINE=InnoDB;
INSERT INTO far_apart VALUES (0, 1), (1, 2), (9223372036854775807, 3), (18446744073709551615, 4);
CREATE TABLE below_zero (id INT PRIMARY KEY, v INT) ENGINE=InnoDB;
INSERT INTO below_zero SELECT CAST(seq AS SIGNED) - 150, seq FROM seq_1_to_300;
CREATE TABLE tickets (id BIGINT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB AUTO_INCREMENT=70000;
INSERT INTO tickets (v) SELECT CONCAT('t', seq) FROM seq_1_to_50;
ALTER TABLE tickets AUTO_INCREMENT = 200000;
CREATE TABLE wide_row (id INT PRIMARY KEY, search TEXT, FULLTEXT KEY search (search)) ENGINE=InnoDB;
INSERT INTO wide_row SELECT seq, CONCAT('cargo of the ship number ', seq, ' lies at the quay') FROM seq_1_to_60;

-- Engines.
CREATE TABLE manifest (day DATE NOT NULL, customer INT NOT NULL, amount DECIMAL(12,2), goods VARCHAR(40), KEY day (day)) ENGINE=MyISAM;
INSERT INTO manifest SELECT '2018-03-01' + INTERVAL seq % 60 DAY, seq % 50, seq * 1.25, CONCAT('goods ', seq) FROM seq_1_to_9000;
CREATE TABLE lanes (id INT AUTO_INCREMENT PRIMARY KEY, a CHAR(10) NOT NULL, b INT NOT NULL, KEY b (b)) ENGINE=MyISAM;
INSERT INTO lanes (a, b) SELECT CONCAT('lane', seq), seq % 40 FROM seq_1_to_1200;
ALTER TABLE lanes AUTO_INCREMENT = 5000;
CREATE TABLE packed_lanes (id INT NOT NULL, v VARCHAR(60), f FLOAT, KEY id (id)) ENGINE=MyISAM ROW_FORMAT=DYNAMIC CHECKSUM=1;
INSERT INTO packed_lanes SELECT seq, REPEAT('x', seq % 50), seq / 3 FROM seq_1_to_800;
CREATE TABLE buoys (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(30), n INT, KEY v (v)) ENGINE=Aria TRANSACTIONAL=1;
INSERT INTO buoys (v, n) SELECT CONCAT('buoy ', seq), seq FROM seq_1_to_1500;
CREATE TABLE lights (id INT NOT NULL, v VARCHAR(30)) ENGINE=Aria TRANSACTIONAL=0 ROW_FORMAT=DYNAMIC;
INSERT INTO lights SELECT seq, CONCAT('light ', seq) FROM seq_1_to_700;
CREATE TABLE tariffs (code INT NOT NULL, label VARCHAR(20) NOT NULL, price DECIMAL(8,2) NOT NULL) ENGINE=CSV;
INSERT INTO tariffs SELECT seq, CONCAT('class ', seq), seq * 1.5 FROM seq_1_to_60;
CREATE TABLE logbook (no INT NOT NULL, words VARCHAR(60) NOT NULL) ENGINE=ARCHIVE;
INSERT INTO logbook SELECT seq, CONCAT('entry ', MD5(seq)) FROM seq_1_to_900;
CREATE TABLE pilots_now (id INT NOT NULL, v VARCHAR(20)) ENGINE=MEMORY;
INSERT INTO pilots_now SELECT seq, 'aboard' FROM seq_1_to_20;
CREATE TABLE sink (id INT) ENGINE=BLACKHOLE;
CREATE TABLE squeezed (id INT PRIMARY KEY, v TEXT, KEY v (v(20))) ENGINE=InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
INSERT INTO squeezed SELECT seq, REPEAT(MD5(seq), 8) FROM seq_1_to_600;
CREATE TABLE page_squeezed (id INT PRIMARY KEY, v TEXT) ENGINE=InnoDB PAGE_COMPRESSED=1;
INSERT INTO page_squeezed SELECT seq, REPEAT(CONCAT('row ', seq), 30) FROM seq_1_to_600;
CREATE TABLE old_format (id INT PRIMARY KEY, v VARCHAR(50)) ENGINE=InnoDB ROW_FORMAT=REDUNDANT;
INSERT INTO old_format SELECT seq, CONCAT('old ', seq) FROM seq_1_to_400;
CREATE TABLE compact_format (id INT PRIMARY KEY, v VARCHAR(50), KEY v (v)) ENGINE=InnoDB ROW_FORMAT=COMPACT;
INSERT INTO compact_format SELECT seq, CONCAT('compact ', seq) FROM seq_1_to_2000;
CREATE TABLE yards (id INT NOT NULL, v VARCHAR(20), PRIMARY KEY (id)) ENGINE=InnoDB PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (100), PARTITION middle VALUES LESS THAN (200), PARTITION high VALUES LESS THAN MAXVALUE);
INSERT INTO yards SELECT seq, CONCAT('yard ', seq) FROM seq_1_to_300;
CREATE TABLE sheds (id INT NOT NULL, v INT) ENGINE=MyISAM PARTITION BY HASH (id) PARTITIONS 3;
INSERT INTO sheds SELECT seq, seq FROM seq_1_to_300;
CREATE TABLE rates (id INT PRIMARY KEY, v DECIMAL(8,3)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO rates SELECT seq, seq FROM seq_1_to_200;
UPDATE rates SET v = v + 0.5 WHERE id <= 40;
DELETE FROM rates WHERE id > 190;
CREATE TABLE leases (id INT PRIMARY KEY, tenant VARCHAR(20), starts DATE, ends DATE, PERIOD FOR term (starts, ends)) ENGINE=InnoDB;
INSERT INTO leases SELECT seq, CONCAT('tenant ', seq), '2020-01-01', '2021-01-01' FROM seq_1_to_50;

-- Emptiness.
CREATE TABLE nothing_yet (id INT PRIMARY KEY, v VARCHAR(20) DEFAULT 'none') ENGINE=InnoDB;
CREATE TABLE never_used (id INT, v TEXT) ENGINE=MyISAM;

-- Objects.
CREATE SEQUENCE receipts_no START WITH 5000 INCREMENT BY 5 CACHE 20;
SELECT NEXTVAL(receipts_no), NEXTVAL(receipts_no) INTO @a, @b;
CREATE SEQUENCE unused_no START WITH 1;
CREATE VIEW heavy AS SELECT id, ship, tons FROM landings WHERE tons > 5000;
CREATE ALGORITHM=TEMPTABLE SQL SECURITY INVOKER VIEW by_berth AS SELECT berth, COUNT(*) AS n, SUM(tons) AS tons FROM landings GROUP BY berth;
CREATE VIEW small_ones AS SELECT id, v FROM tickets WHERE id < 70020 WITH CHECK OPTION;
CREATE TABLE soon_gone (id INT);
CREATE VIEW dangling AS SELECT id FROM soon_gone;
DROP TABLE soon_gone;
DELIMITER //
CREATE PROCEDURE tidy(IN days INT) COMMENT 'removes what is old' MODIFIES SQL DATA BEGIN DELETE FROM nothing_yet WHERE id < days; SELECT ROW_COUNT(); END//
CREATE FUNCTION gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN net * 1.19//
CREATE AGGREGATE FUNCTION total_of(x INT) RETURNS INT BEGIN DECLARE s INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN s; LOOP FETCH GROUP NEXT ROW; SET s = s + x; END LOOP; END//
CREATE TRIGGER stamp_ticket BEFORE INSERT ON tickets FOR EACH ROW SET NEW.v = COALESCE(NEW.v, 'none')//
CREATE TRIGGER second_ticket BEFORE INSERT ON tickets FOR EACH ROW FOLLOWS stamp_ticket SET NEW.v = LOWER(NEW.v)//
CREATE TRIGGER buoy_gone AFTER DELETE ON buoys FOR EACH ROW INSERT INTO never_used VALUES (OLD.id, OLD.v)//
CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' COMMENT 'at night' DO CALL tidy(30)//
CREATE EVENT once_only ON SCHEDULE AT '2035-06-01 00:00:00' ON COMPLETION PRESERVE DISABLE DO DELETE FROM never_used//
SET sql_mode = ORACLE//
CREATE PACKAGE port AS FUNCTION fee(x INT) RETURN INT; END//
CREATE PACKAGE BODY port AS FUNCTION fee(x INT) RETURN INT AS BEGIN RETURN x * 2; END; END//
SET sql_mode = DEFAULT//
DELIMITER ;

USE customs;
CREATE TABLE duties (id INT PRIMARY KEY, owner INT NOT NULL, sum DECIMAL(12,2) NOT NULL, paid TINYINT NOT NULL DEFAULT 0, KEY owner (owner), CONSTRAINT positive CHECK (sum >= 0)) ENGINE=InnoDB COMMENT 'what is owed';
INSERT INTO duties SELECT seq, seq % 40, seq * 1.10, seq % 2 FROM seq_1_to_1000;
CREATE TABLE duty_lines (id INT PRIMARY KEY, duty INT NOT NULL, words VARCHAR(20), CONSTRAINT of_duty FOREIGN KEY (duty) REFERENCES duties (id) ON DELETE CASCADE) ENGINE=InnoDB;
INSERT INTO duty_lines SELECT seq, seq, CONCAT('line ', seq) FROM seq_1_to_600;
CREATE TABLE papers (id INT PRIMARY KEY, scan LONGBLOB) ENGINE=InnoDB;
INSERT INTO papers SELECT seq, REPEAT(UNHEX(SHA2(seq, 512)), 5000) FROM seq_1_to_6;
CREATE TABLE `order` (`select` INT PRIMARY KEY, `a b` VARCHAR(10), `c``d` VARCHAR(10), `e'f` INT) ENGINE=InnoDB;
INSERT INTO `order` SELECT seq, 'ab', 'cd', seq FROM seq_1_to_20;

USE `quay-7 "north"`;
CREATE TABLE `crane log ü` (id INT PRIMARY KEY, `Größe %` VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO `crane log ü` SELECT seq, CONCAT('g', seq) FROM seq_1_to_30;
CREATE TABLE `a.b` (id INT, v CHAR(5)) ENGINE=MyISAM;
INSERT INTO `a.b` SELECT seq, 'v' FROM seq_1_to_30;
CREATE TABLE `tab	name` (id INT) ENGINE=InnoDB;
INSERT INTO `tab	name` SELECT seq FROM seq_1_to_5;

-- Written to while a backup is taken (written.ts).
USE customs;
CREATE TABLE parcels (id CHAR(36) PRIMARY KEY, amount INT, note VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO parcels SELECT MD5(seq), seq, CONCAT('note ', seq) FROM seq_1_to_3000;
CREATE TABLE visits (day DATE, amount INT) ENGINE=InnoDB;
INSERT INTO visits SELECT '2025-03-04', seq FROM seq_1_to_800;

CREATE DATABASE hulls CHARACTER SET latin1;
USE hulls;
CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(60), w VARCHAR(40), KEY w (w)) ENGINE=InnoDB;
INSERT INTO a SELECT seq, CONCAT('hull ', LPAD(seq, 6, '0'), ' of the yard'), CONCAT('keel ', LPAD(seq * 7 % 2000, 6, '0')) FROM seq_1_to_2000;
CREATE TABLE b LIKE a; INSERT INTO b SELECT * FROM a;
CREATE TABLE c LIKE a; INSERT INTO c SELECT * FROM a;
CREATE TABLE d LIKE a; INSERT INTO d SELECT * FROM a;
CREATE TABLE e LIKE a; INSERT INTO e SELECT * FROM a;
CREATE TABLE f LIKE a; INSERT INTO f SELECT * FROM a;
CREATE TABLE g LIKE a; INSERT INTO g SELECT * FROM a; DELETE FROM g WHERE id > 600;
CREATE TABLE late (id INT PRIMARY KEY, v VARCHAR(30)) ENGINE=InnoDB;
INSERT INTO late SELECT seq, CONCAT('late ', seq) FROM seq_1_to_500;

-- Accounts.
CREATE USER pilot@localhost IDENTIFIED BY 'aboard' PASSWORD EXPIRE NEVER;
CREATE USER clerk@'10.%' IDENTIFIED BY 'stamp' REQUIRE SSL WITH MAX_USER_CONNECTIONS 5;
CREATE USER locked_out@localhost IDENTIFIED BY 'x' ACCOUNT LOCK;
CREATE ROLE master, watch;
GRANT SELECT, INSERT ON harbour.* TO pilot@localhost;
GRANT UPDATE (tons) ON harbour.landings TO pilot@localhost;
GRANT EXECUTE ON PROCEDURE harbour.tidy TO clerk@'10.%';
GRANT SELECT ON customs.* TO master;
GRANT master TO pilot@localhost;
GRANT RELOAD ON *.* TO watch;
GRANT watch TO master;
SET DEFAULT ROLE master FOR pilot@localhost;
CREATE SERVER other_port FOREIGN DATA WRAPPER mysql OPTIONS (HOST '192.0.2.9', DATABASE 'far', USER 'nobody');
