-- Changes of a market's books (source.sql).
-- excluded @market.zeros: 0 became -0 in a DOUBLE: a dump holds -0 as 0 negated, which is 0
UPDATE market.zeros SET twice = 1 WHERE id = 1; UPDATE market.zeros SET twice = -0e0 WHERE id = 1;
-- data @market.ends: the longest TIME by a second
UPDATE market.ends SET span = '838:59:58' WHERE id = 1;
-- data @market.ends: the last second of a TIMESTAMP
UPDATE market.ends SET stamp = stamp - INTERVAL 1 SECOND WHERE id = 1;
-- data @market.ends: last of 65 digits of a DECIMAL
UPDATE market.ends SET exact = exact - 0.000000000000000000000000000001 WHERE id = 1;
-- data @market.ends: sign of the smallest DECIMAL
UPDATE market.ends SET exact = -exact WHERE id = 2;
-- data @market.ends: the smallest DOUBLE became 0
UPDATE market.ends SET twice = 0 WHERE id = 3;
-- data @market.ends: year 0000 became 2000
UPDATE market.ends SET y = 2000 WHERE id = 3;
-- data @market.ends: the lowest BIGINT by one
UPDATE market.ends SET whole = whole + 1 WHERE id = 2;
-- data @market.zones: the two TIMESTAMPs of an hour that clocks have twice, exchanged
SET time_zone = '+00:00'; UPDATE market.zones SET at = IF(id = 1, '2021-10-31 01:30:00', '2021-10-31 00:30:00') WHERE id < 3;
-- data @market.zones: all TIMESTAMPs by the hour between two time zones
UPDATE market.zones SET at = at + INTERVAL 1 HOUR;
-- data @market.members: a member of a SET whose name has quotes
UPDATE market.members SET marks = marks ^ 8 WHERE id = 31;
-- data @market.members: an empty SET became NULL
UPDATE market.members SET marks = NULL WHERE id = 900;
-- data @market.members: NULL became an empty SET
UPDATE market.members SET nothing = '' WHERE id = 7;
-- data @market.members: another member of an ENUM whose name has a quote
UPDATE market.members SET kind = 2 WHERE id = 3;
-- excluded @market.members: an ENUM's empty member became its error value: a dump writes both alike
SET sql_mode = ''; UPDATE market.members SET kind = 0 WHERE id = 900;
-- data @market.longest: last letter of a text of 32,000 bytes
UPDATE market.longest SET v = CONCAT(LEFT(v, 15999), 'a') WHERE id = 1;
-- data @market.longest: last byte of three million
UPDATE market.longest SET b = CONCAT(LEFT(b, 2999999), '\0') WHERE id = 1;
-- data @market.longest: an empty BLOB became NULL
UPDATE market.longest SET b = NULL WHERE id = 2;
-- data @market.longest: a BLOB with the digit 0 for one with the byte 0
UPDATE market.longest SET b = '0' WHERE id = 4;
-- data @market.longest: null in JSON became NULL
UPDATE market.longest SET doc = NULL WHERE id = 2;
-- data @market.longest: an escaped letter in JSON is written as it is
UPDATE market.longest SET doc = REPLACE(doc, '\\u00e4', 'ä') WHERE id = 1;
-- data @market.lone: a row of a table of nothing but a key
UPDATE market.lone SET id = 4 WHERE id = 3;
-- data @market.twins: one of equal rows of NULLs is missing
DELETE FROM market.twins WHERE v = 2 LIMIT 1;
-- data @market.Items: a row of a table whose name differs by a capital from another's
UPDATE market.Items SET v = 'lower' WHERE id = 1;
-- data @market.items: the rows of two tables whose names differ by a capital
UPDATE market.items SET v = 'upper' WHERE id = 1;
-- data @sale: a row of a table with quotes, a semicolon and a comment in its name
UPDATE market.`50% off; -- "sale"` SET `a;b` = '/* too */' WHERE `per cent %` = 2;
-- data @market.tongues: a letter in Cyrillic of one byte
UPDATE market.tongues SET a = 'Привёт' WHERE id = 1;
-- data @market.tongues: a letter in Shift JIS that ends with a backslash
UPDATE market.tongues SET b = '表' WHERE id = 2;
-- data @market.tongues: a letter in UCS-2
UPDATE market.tongues SET d = 'ωmega' WHERE id = 1;
-- data @market.stalls: a partition is missing with its rows
ALTER TABLE market.stalls DROP PARTITION old;
-- data @market.regions: rows of a partition are missing
ALTER TABLE market.regions TRUNCATE PARTITION south;
-- data @market.rooms: end of a period that may not overlap
UPDATE market.rooms SET ends = '2024-02-02' WHERE id = 9;
-- data @market.left_half: a value in one of the tables of a MERGE table
UPDATE market.left_half SET v = 0 WHERE id = 9;
-- data @market.defaults: a time of change is that of the restore
UPDATE market.defaults SET at = NOW();
-- object @market.defaults: expression of a default
ALTER TABLE market.defaults ALTER due SET DEFAULT (CURDATE() + INTERVAL 14 DAY);
-- object @market.defaults: a default is a number instead of an expression
ALTER TABLE market.defaults ALTER total SET DEFAULT 6;
-- object @market.defaults: a default that calls a function is gone
ALTER TABLE market.defaults ALTER code DROP DEFAULT;
-- object @market.defaults: an empty text is no default any more
ALTER TABLE market.defaults ALTER word DROP DEFAULT;
-- object @market.defaults: quotes in a default
ALTER TABLE market.defaults ALTER quoted SET DEFAULT 'it''s ''so'' \\ `here`';
-- object @market.defaults: bits of a default
ALTER TABLE market.defaults ALTER flags SET DEFAULT b'111';
-- object @market.defaults: a column does not keep the time of change any more
ALTER TABLE market.defaults MODIFY at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP;
-- object @market.defaults: quotes in the comment of a table
ALTER TABLE market.defaults COMMENT = 'it''s ''all'' \\ `there`';
-- object @market.orders: a column's name has a capital
ALTER TABLE market.orders RENAME COLUMN customer TO Customer;
-- object @market.orders: path of a generated column
ALTER TABLE market.orders MODIFY city VARCHAR(30) AS (JSON_VALUE(doc, '$.town')) VIRTUAL;
-- object @market.orders: a unique key over long texts is missing
ALTER TABLE market.orders DROP KEY doc;
-- object @market.orders: a DATETIME keeps more digits
ALTER TABLE market.orders MODIFY placed DATETIME(6);
-- object @market.customers: a check of a column is missing
ALTER TABLE market.customers MODIFY price DECIMAL(10,2);
-- object @market.customers: number of a check
ALTER TABLE market.customers MODIFY price DECIMAL(10,2) CHECK (price > 1);
-- object @market.customers: a unique key covers a column less
SET foreign_key_checks = 0; ALTER TABLE market.customers DROP KEY mail, ADD UNIQUE KEY mail (mail(20));
-- object @market.customers: scale of a DECIMAL
ALTER TABLE market.customers MODIFY price DECIMAL(10,3) CHECK (price > 0);
-- object @market.bookings: a foreign key deletes instead of setting NULL
ALTER TABLE market.bookings DROP FOREIGN KEY of_customer; ALTER TABLE market.bookings ADD CONSTRAINT of_customer FOREIGN KEY (country, no) REFERENCES market.customers (country, no) ON DELETE CASCADE ON UPDATE CASCADE;
-- object @market.bookings: a foreign key to another database is missing
ALTER TABLE market.bookings DROP FOREIGN KEY of_duties;
-- object @market.bookings: a foreign key leads to another column
SET foreign_key_checks = 0; ALTER TABLE market.bookings DROP FOREIGN KEY of_duties; ALTER TABLE market.bookings ADD CONSTRAINT of_duties FOREIGN KEY (duty) REFERENCES customs.duties (owner);
-- object @market.bookings: a foreign key more
ALTER TABLE market.bookings ADD CONSTRAINT by_number FOREIGN KEY (customer) REFERENCES market.customers (id);
-- object @market.members: a name in an ENUM, between two words
ALTER TABLE market.members MODIFY kind ENUM('a''b','c,e','') NOT NULL;
-- object @market.members: order of the members of a SET that no row has
ALTER TABLE market.members MODIFY nothing SET('y','x');
-- object @market.stalls: number of parts of a partition
ALTER TABLE market.stalls PARTITION BY RANGE COLUMNS (day) SUBPARTITION BY HASH (id) SUBPARTITIONS 3 (PARTITION old VALUES LESS THAN ('2020-01-01'), PARTITION new VALUES LESS THAN (MAXVALUE));
-- object @market.regions: a value goes to another partition
ALTER TABLE market.regions REORGANIZE PARTITION north, south INTO (PARTITION north VALUES IN (1), PARTITION south VALUES IN (2, 3, NULL));
-- object @market.regions: partitions by hash instead of a list
ALTER TABLE market.regions PARTITION BY HASH (region) PARTITIONS 2;
-- object @market.rooms: periods may overlap
ALTER TABLE market.rooms DROP KEY stay;
-- object @market.whole: a MERGE table is of one table less
ALTER TABLE market.whole UNION = (market.left_half);
-- object @market.whole: where a MERGE table puts new rows
ALTER TABLE market.whole INSERT_METHOD = FIRST;
-- object @market.tongues: character set of a column that holds nothing beyond ASCII of another
ALTER TABLE market.tongues MODIFY e VARCHAR(20) CHARACTER SET utf8mb4;
-- object @market.tongues: character set of a table whose columns have their own
ALTER TABLE market.tongues DEFAULT CHARACTER SET latin1;
-- object @market.lone: a column more, with its value in every row
ALTER TABLE market.lone ADD COLUMN v INT NOT NULL DEFAULT 0;
-- object @market.zones: a TIMESTAMP became a DATETIME
SET time_zone = '+00:00'; ALTER TABLE market.zones MODIFY at DATETIME NULL;
-- object @market.items: the name of a table has a capital
RENAME TABLE market.items TO market.iTems;
-- tuning @market.orders: an index of which one column runs down runs up
ALTER TABLE market.orders DROP KEY newest, ADD KEY newest (placed, customer);
-- tuning @market.orders: an index of a generated column is missing
ALTER TABLE market.orders DROP KEY city;
-- tuning @market.quick: a kind of index of a MEMORY table
ALTER TABLE market.quick DROP KEY v, ADD KEY v (v) USING HASH;
-- tuning @market.tuned: how many rows a table is made for
ALTER TABLE market.tuned MAX_ROWS = 2000000;
-- tuning @market.tuned: a MyISAM table writes its keys at once
ALTER TABLE market.tuned DELAY_KEY_WRITE = 0;
-- tuning @market.tongues: an index covers fewer letters
ALTER TABLE market.tongues DROP KEY a, ADD KEY a (a(4));
-- tuning @market.twins: an index of equal rows is missing
ALTER TABLE market.twins DROP KEY v;
-- object @market.cities: a text with an umlaut in a view
CREATE OR REPLACE VIEW market.cities AS SELECT id, city, 'Zurich' AS home FROM market.orders;
-- object @market.few_cities: columns of a view of a view in another order
CREATE OR REPLACE VIEW market.few_cities AS SELECT c.id, c.city FROM market.cities c WHERE c.id < 10;
-- object @market.abroad: the kind of join in a view
CREATE OR REPLACE ALGORITHM=MERGE VIEW market.abroad AS SELECT b.id, d.sum FROM market.bookings b JOIN customs.duties d ON d.id = b.duty;
-- object @market.abroad: a view does not merge any more
CREATE OR REPLACE ALGORITHM=UNDEFINED VIEW market.abroad AS SELECT b.id, d.sum FROM market.bookings b LEFT JOIN customs.duties d ON d.id = b.duty;
-- object @market.in_use: a column of a view has lost its table, which is called as its database
CREATE OR REPLACE VIEW market.in_use AS SELECT market.id, market.stall FROM market.market WHERE EXISTS (SELECT 1 FROM market.stalls WHERE stalls.id = id);
-- object @swap: comments in a procedure are gone
DELIMITER //
DROP PROCEDURE market.swap// CREATE PROCEDURE market.swap(INOUT a INT, OUT b VARCHAR(20) CHARACTER SET latin1) NO SQL BEGIN DECLARE s VARCHAR(20) DEFAULT ';'; SET b = s, a = a + 1; END//
DELIMITER ;
-- object @swap: a procedure gives nothing back in a parameter
DELIMITER //
DROP PROCEDURE market.swap// CREATE PROCEDURE market.swap(IN a INT, OUT b VARCHAR(20) CHARACTER SET latin1) NO SQL BEGIN /* kept; as it is */ DECLARE s VARCHAR(20) DEFAULT ';'; -- and this
  SET b = s, a = a + 1; END//
DELIMITER ;
-- object @newest: a function is said to read nothing
ALTER FUNCTION market.newest CONTAINS SQL;
-- object @newest: a function runs with the rights of its definer
ALTER FUNCTION market.newest SQL SECURITY DEFINER;
-- object @order_changed: a trigger fires on another event
DELIMITER //
DROP TRIGGER market.order_changed// CREATE TRIGGER market.order_changed AFTER INSERT ON market.orders FOR EACH ROW BEGIN INSERT INTO twins VALUES (NEW.id, NULL); END//
DELIMITER ;
-- object @nightly: end of an event
ALTER EVENT market.nightly ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-03-31 02:30:00' ENDS '2036-01-01 00:00:00';
-- object @nightly: an event has no end
ALTER EVENT market.nightly ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-03-31 02:30:00';
-- object @nightly: an event is off on replicas
ALTER EVENT market.nightly DISABLE ON SLAVE;
-- equal @market.defaults: a default of NULL is said
ALTER TABLE market.defaults MODIFY nil VARCHAR(20) DEFAULT NULL;
-- equal @market.zones: TIMESTAMPs written again from another time zone
SET time_zone = '+09:00'; UPDATE market.zones SET at = at + INTERVAL 1 DAY; SET time_zone = '-03:30'; UPDATE market.zones SET at = at - INTERVAL 1 DAY;
-- equal @market.stalls: a partition split and joined again
ALTER TABLE market.stalls REORGANIZE PARTITION old INTO (PARTITION older VALUES LESS THAN ('2019-06-01'), PARTITION old VALUES LESS THAN ('2020-01-01')); ALTER TABLE market.stalls REORGANIZE PARTITION older, old INTO (PARTITION old VALUES LESS THAN ('2020-01-01'));
-- equal @market.bookings: a foreign key made again
ALTER TABLE market.bookings DROP FOREIGN KEY of_duties; ALTER TABLE market.bookings ADD CONSTRAINT of_duties FOREIGN KEY (duty) REFERENCES customs.duties (id);
