-- Changes of restored dumps that no volume is tried with.
-- data @harbour.landings: a table's rows are all there twice, under other numbers
INSERT INTO harbour.landings (berth, ship, tons, day, note) SELECT berth, ship, tons, day, note FROM harbour.landings;
-- data @harbour.texts: NULL exchanged for an empty text between two rows
UPDATE harbour.texts SET words = IF(words IS NULL, '', NULL) WHERE id IN (900, 901);
-- data @harbour.shapes: a polygon has its points in another order
UPDATE harbour.shapes SET area = ST_GeomFromText('POLYGON((0 0,1 1,5 0,0 0))', 4326) WHERE id = 5;
-- data @customs.duty_lines: a row whose parent is gone
SET foreign_key_checks = 0; DELETE FROM customs.duties WHERE id = 1000; UPDATE customs.duty_lines SET duty = 1000 WHERE id = 600;
-- data @customs.parcels: a blank more at the end of a text, under a text key
UPDATE customs.parcels SET note = CONCAT(note, ' ') WHERE amount = 17;
-- data @harbour.modern: a value that a generated column depends on
UPDATE harbour.modern SET id = 1000 WHERE id = 70;
-- object @hulls.a: a column may no longer be NULL, in a table that has rows
ALTER TABLE hulls.a MODIFY v VARCHAR(60) NOT NULL;
-- object @hulls.b: a column more, invisible
ALTER TABLE hulls.b ADD COLUMN unseen INT INVISIBLE DEFAULT 1;
-- object @hulls.c: an index more
ALTER TABLE hulls.c ADD KEY v (v);
-- object @hulls.d: a unique key more
ALTER TABLE hulls.d ADD UNIQUE KEY v (v);
-- object @hulls.e: an index has another name
ALTER TABLE hulls.e RENAME KEY w TO other;
-- object @hulls.f: comment of an index
ALTER TABLE hulls.f DROP KEY w, ADD KEY w (w) COMMENT 'by keel';
-- object @hulls.g: a check more
ALTER TABLE hulls.g ADD CONSTRAINT some CHECK (id > 0);
-- object @hulls.late: a column has its time of change
ALTER TABLE hulls.late ADD COLUMN at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP;
-- object @harbour.numbers: decimals of a DECIMAL
ALTER TABLE harbour.numbers MODIFY exact DECIMAL(21,7);
-- object @harbour.counts: a column is no longer UNSIGNED
ALTER TABLE harbour.counts MODIFY small INT;
-- object @harbour.times: a DATETIME keeps no microseconds
ALTER TABLE harbour.times MODIFY at6 DATETIME(3);
-- object @harbour.dates: default of a DATETIME
ALTER TABLE harbour.dates ALTER COLUMN at SET DEFAULT '2000-01-01 00:00:00';
-- object @harbour.choices: order of the values of an ENUM
ALTER TABLE harbour.choices MODIFY kind ENUM('box','bulk','oil','') DEFAULT 'box';
-- object @harbour.binaries: a BLOB became a MEDIUMBLOB
ALTER TABLE harbour.binaries MODIFY plain MEDIUMBLOB;
-- object @harbour.texts: character set of a column
ALTER TABLE harbour.texts MODIFY western VARCHAR(30) CHARACTER SET utf8mb4;
-- object @harbour.letters: character set and collation of a table and all its columns
ALTER TABLE harbour.letters CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- object @harbour.modern: a stored generated column became a virtual one
ALTER TABLE harbour.modern DROP COLUMN made, ADD COLUMN made VARCHAR(40) AS (CONCAT('m', id)) VIRTUAL AFTER four;
-- object @harbour.sheds: number of partitions
ALTER TABLE harbour.sheds PARTITION BY HASH (id) PARTITIONS 4;
-- object @customs.duty_lines: what a foreign key does on change
ALTER TABLE customs.duty_lines DROP FOREIGN KEY of_duty; ALTER TABLE customs.duty_lines ADD CONSTRAINT of_duty FOREIGN KEY (duty) REFERENCES customs.duties (id) ON DELETE CASCADE ON UPDATE CASCADE;
-- object @customs.duty_lines: a foreign key has another name
ALTER TABLE customs.duty_lines DROP FOREIGN KEY of_duty; ALTER TABLE customs.duty_lines ADD CONSTRAINT of_one FOREIGN KEY (duty) REFERENCES customs.duties (id) ON DELETE CASCADE;
-- object @harbour.small_ones: a check option is of this view alone
CREATE OR REPLACE VIEW harbour.small_ones AS SELECT id, v FROM harbour.tickets WHERE id < 70020 WITH LOCAL CHECK OPTION;
-- object @harbour.heavy: a column of a view has another name
CREATE OR REPLACE VIEW harbour.heavy AS SELECT id, ship, tons AS weight FROM harbour.landings WHERE tons > 5000;
-- object @tidy: a parameter of a procedure
DROP PROCEDURE harbour.tidy; CREATE PROCEDURE harbour.tidy(IN days BIGINT) COMMENT 'removes what is old' MODIFIES SQL DATA DELETE FROM harbour.nothing_yet WHERE id < days;
-- object @gross: the character set that a function was made with
SET NAMES latin1; CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN net * 1.19;
-- object @stamp_ticket: the SQL mode of a trigger
SET sql_mode = 'ANSI_QUOTES'; CREATE OR REPLACE TRIGGER harbour.stamp_ticket BEFORE INSERT ON harbour.tickets FOR EACH ROW PRECEDES second_ticket SET NEW.v = COALESCE(NEW.v, 'none');
-- object @stamp_ticket: a trigger is of another table
DROP TRIGGER harbour.stamp_ticket; CREATE TRIGGER harbour.stamp_ticket BEFORE INSERT ON harbour.wide_row FOR EACH ROW SET NEW.search = COALESCE(NEW.search, 'none');
-- object @sweep: the time zone of an event
SET time_zone = '+05:00'; ALTER EVENT harbour.sweep ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00';
-- object @sweep: comment of an event
ALTER EVENT harbour.sweep COMMENT 'by day';
-- object @sweep: an event has another name
ALTER EVENT harbour.sweep RENAME TO harbour.sweep_up;
-- object @harbour.receipts_no: the end of a sequence
ALTER SEQUENCE harbour.receipts_no MAXVALUE 90000;
-- excluded @harbour.tickets: a next value of AUTO_INCREMENT that is higher: servers round it up, and no row is lost by it
ALTER TABLE harbour.tickets AUTO_INCREMENT = 300000;
-- excluded @visitor: an account: a dump of databases has none
CREATE OR REPLACE USER visitor@localhost IDENTIFIED BY 'x'; GRANT SELECT ON harbour.* TO visitor@localhost; DROP USER visitor@localhost;
-- equal @harbour.weighings: a table with its rows sorted anew
ALTER TABLE harbour.weighings ENGINE = InnoDB;
-- equal @hulls.a: a table renamed and renamed back
RENAME TABLE hulls.a TO hulls.z, hulls.z TO hulls.a;
-- equal @hulls.b: a column more, and removed again
ALTER TABLE hulls.b ADD COLUMN passing INT; ALTER TABLE hulls.b DROP COLUMN passing;
-- equal @gross: a function made again with the same words
CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN net * 1.19;
-- equal @harbour.lights: REPAIR TABLE
REPAIR TABLE harbour.lights;
-- excluded @harbour.small_ones: definer of a view: a dump names no account; the receipt lists those of the source
USE harbour; CREATE OR REPLACE DEFINER = pilot@localhost VIEW small_ones AS SELECT id, v FROM tickets WHERE id < 70020 WITH CHECK OPTION;
-- excluded @harbour.buoy_gone: definer of a trigger: a dump names no account; the receipt lists those of the source
USE harbour; CREATE OR REPLACE DEFINER = pilot@localhost TRIGGER buoy_gone AFTER DELETE ON buoys FOR EACH ROW INSERT INTO never_used VALUES (OLD.id, OLD.v);
