-- data @harbour.landings: a row is missing
DELETE FROM harbour.landings WHERE id = 11111;

-- data @harbour.landings: the last row is missing
DELETE FROM harbour.landings ORDER BY id DESC LIMIT 1;

-- data @harbour.landings: a row more
INSERT INTO harbour.landings (berth, ship, tons, day) VALUES (1, 'ghost', 1, '2020-01-01');

-- data @harbour.landings: cells exchanged between two rows of one range
UPDATE harbour.landings a JOIN (SELECT id, note FROM harbour.landings WHERE id IN (501, 502)) b ON b.id = 1003 - a.id SET a.note = b.note;

-- data @harbour.landings: a column's values in another order over all rows
UPDATE harbour.landings a JOIN (SELECT id, tons FROM harbour.landings) b ON b.id = 24001 - a.id SET a.tons = b.tons;

-- data @harbour.landings: a thousand rows in the middle are missing
DELETE FROM harbour.landings WHERE id BETWEEN 9000 AND 9999;

-- data @harbour.landings: rows have other numbers
UPDATE harbour.landings SET id = id + 1000000 WHERE id > 23990;

-- data @harbour.landings: all amounts became 0
UPDATE harbour.landings SET tons = 0;

-- data @harbour.weighings: a value under a key of two columns
UPDATE harbour.weighings SET kilos = kilos + 1 WHERE berth = 3 AND no = 33;

-- data @harbour.weighings: two rows exchanged the first column of their key
UPDATE harbour.weighings SET berth = 7 WHERE no = 38; UPDATE harbour.weighings SET berth = 8 WHERE no = 37;

-- data @harbour.seals: case of a text that is the key
UPDATE harbour.seals SET code = UPPER(code) WHERE holder = 'holder 17';

-- data @harbour.seals: values under text keys exchanged
UPDATE harbour.seals SET holder = 'x' WHERE holder = 'holder 1'; UPDATE harbour.seals SET holder = 'holder 1' WHERE holder = 'holder 2'; UPDATE harbour.seals SET holder = 'holder 2' WHERE holder = 'x';

-- data @harbour.idents: a value under a binary key
UPDATE harbour.idents SET v = v + 1 WHERE v = 250;

-- data @harbour.tides: a row without key became another
UPDATE harbour.tides SET level = level + 0.01 WHERE at = '2021-01-20 00:00:00';

-- data @harbour.tides: rows without key moved to another day
UPDATE harbour.tides SET at = at + INTERVAL 1 DAY WHERE at BETWEEN '2021-01-20' AND '2021-01-21';

-- data @harbour.bag: one of equal rows is missing
DELETE FROM harbour.bag WHERE k = 3 LIMIT 1;

-- data @harbour.bag: one of equal rows became another that is there, too
UPDATE harbour.bag SET k = 4, w = 'w4' WHERE k = 3 LIMIT 1;

-- data @harbour.bag: two pairs of equal rows became two of another kind, so that no XOR differs
UPDATE harbour.bag SET k = 4, w = 'w4' WHERE k = 3 LIMIT 2;

-- data @harbour.bag: all rows twice
INSERT INTO harbour.bag SELECT * FROM harbour.bag;

-- data @harbour.far_apart: a value at the end of the BIGINT UNSIGNED numbers
UPDATE harbour.far_apart SET v = 5 WHERE id = 18446744073709551615;

-- data @harbour.far_apart: the rows at both ends exchanged their values
UPDATE harbour.far_apart SET v = 5 - v WHERE id IN (0, 18446744073709551615);

-- data @harbour.below_zero: a value under a negative key
UPDATE harbour.below_zero SET v = v + 1 WHERE id = -149;

-- data @harbour.below_zero: two rows around 0 exchanged
UPDATE harbour.below_zero SET v = 300 - v WHERE id IN (-1, 1);

-- data @harbour.nothing_yet: a row in a table that was empty
INSERT INTO harbour.nothing_yet VALUES (1, NULL);

-- data @harbour.never_used: a row in a MyISAM table that was empty
INSERT INTO harbour.never_used VALUES (NULL, NULL);

-- data @harbour.tickets: all rows of a table are missing
DELETE FROM harbour.tickets;

-- data @harbour.tickets: AUTO_INCREMENT counter went back, the rows as before
ALTER TABLE harbour.tickets AUTO_INCREMENT = 70050;

-- data @harbour.lanes: AUTO_INCREMENT counter of a MyISAM table went back
ALTER TABLE harbour.lanes AUTO_INCREMENT = 1201;

-- data @harbour.packed_lanes: last row of a MyISAM table of dynamic rows
UPDATE harbour.packed_lanes SET id = id + 1 WHERE id = 800;

-- data @harbour.wide_row: a word in a text with a full-text index
UPDATE harbour.wide_row SET search = REPLACE(search, 'quay', 'pier') WHERE id = 9;

-- data @harbour.manifest: a value in a MyISAM table without key
UPDATE harbour.manifest SET amount = amount + 0.01 WHERE customer = 3 LIMIT 1;

-- data @harbour.manifest: cells exchanged between two days
UPDATE harbour.manifest SET customer = 49 - customer;

-- data @harbour.manifest: last rows of a MyISAM table are missing
DELETE FROM harbour.manifest WHERE goods IN ('goods 8999', 'goods 9000');

-- data @harbour.lanes: a value in a MyISAM table of fixed rows
UPDATE harbour.lanes SET b = b + 1 WHERE id = 700;

-- data @harbour.packed_lanes: a FLOAT in a MyISAM table of dynamic rows
UPDATE harbour.packed_lanes SET f = f + 1e-5 WHERE id = 3;

-- data @harbour.buoys: a value in an Aria table
UPDATE harbour.buoys SET n = n + 1 WHERE id = 9;

-- data @harbour.buoys: a row of an Aria table is missing
DELETE FROM harbour.buoys WHERE id = 1000;

-- data @harbour.lights: a value in an Aria table without log
UPDATE harbour.lights SET v = 'Light 9' WHERE id = 9;

-- data @harbour.tariffs: a value in a CSV table
UPDATE harbour.tariffs SET price = price + 0.01 WHERE code = 9;

-- data @harbour.tariffs: a row of a CSV table is missing
DELETE FROM harbour.tariffs WHERE code = 60;

-- data @harbour.logbook: a row more in an ARCHIVE table
INSERT INTO harbour.logbook VALUES (901, 'late entry');

-- data @harbour.logbook: a value in an ARCHIVE table
CREATE TABLE harbour.logbook_again LIKE harbour.logbook; INSERT INTO harbour.logbook_again SELECT no, IF(no = 7, 'entry x', words) FROM harbour.logbook; DROP TABLE harbour.logbook; RENAME TABLE harbour.logbook_again TO harbour.logbook;

-- data @harbour.squeezed: a value in a compressed table
UPDATE harbour.squeezed SET v = CONCAT(v, '.') WHERE id = 600;

-- data @harbour.page_squeezed: a value in a table with compressed pages
UPDATE harbour.page_squeezed SET v = CONCAT(v, '.') WHERE id = 300;

-- data @harbour.old_format: a value in a table of the oldest row format
UPDATE harbour.old_format SET v = 'Old 4' WHERE id = 4;

-- data @harbour.yards: a row in another partition
UPDATE harbour.yards SET id = 1000 WHERE id = 50;

-- data @harbour.yards: a partition is empty
ALTER TABLE harbour.yards TRUNCATE PARTITION middle;

-- data @harbour.sheds: a value in a MyISAM table with partitions
UPDATE harbour.sheds SET v = v + 1 WHERE id = 30;

-- data @harbour.rates: history of a system-versioned table is gone
DELETE HISTORY FROM harbour.rates;

-- data @harbour.rates: one more generation in the history, the rows of now as before
UPDATE harbour.rates SET v = v + 1 WHERE id = 77; UPDATE harbour.rates SET v = v - 1 WHERE id = 77;

-- data @harbour.rates: a row more in the history
SET @@system_versioning_insert_history = 1; INSERT INTO harbour.rates (id, v, row_start, row_end) VALUES (1, 9.5, '2010-01-01', '2010-01-02');

-- data @harbour.leases: end of a period
UPDATE harbour.leases SET ends = '2021-01-02' WHERE id = 9;

-- data @harbour.receipts_no: a sequence went on
SELECT NEXTVAL(harbour.receipts_no), SETVAL(harbour.receipts_no, 9000);

-- data @harbour.receipts_no: a sequence was set back
ALTER SEQUENCE harbour.receipts_no RESTART WITH 5000;

-- data @harbour.unused_no: a sequence that nobody has used is used
SELECT SETVAL(harbour.unused_no, 500);

-- data @customs.duties: a column's values in another order over the rows, the sum as before
UPDATE customs.duties SET sum = (1001 - id) * 1.10;

-- data @customs.duties: one flag
UPDATE customs.duties SET paid = 1 - paid WHERE id = 900;

-- data @customs.duty_lines: a line belongs to another
UPDATE customs.duty_lines SET duty = duty + 1 WHERE id = 300;

-- data @customs.order: a value in a table with odd names
UPDATE customs.`order` SET `c``d` = 'dc' WHERE `select` = 7;

-- data @crane: a value in a database and a table with odd names
UPDATE `quay-7 "north"`.`crane log ü` SET `Größe %` = 'g' WHERE id = 7;

-- data @a.b: a row of a table with a dot in its name is missing
DELETE FROM `quay-7 "north"`.`a.b` LIMIT 1;

-- data @name: a row of a table with a tabulator in its name
UPDATE `quay-7 "north"`.`tab	name` SET id = 6 WHERE id = 5;

-- data @customs.parcels: all amounts became 0 under a text key, beside a row that the source got meanwhile
UPDATE customs.parcels SET amount = 0;

-- data @customs.parcels: half of the rows under a text key are missing, beside a row that the source got meanwhile
DELETE FROM customs.parcels WHERE amount % 2 = 0;

-- data @customs.visits: all amounts of one day became 0, beside a row that the source got meanwhile
UPDATE customs.visits SET amount = 0;
