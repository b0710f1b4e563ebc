-- excluded @mysql.innodb_index_stats: statistics of indexes: the server computes them anew, and results do not depend on them
DELETE FROM mysql.innodb_index_stats; DELETE FROM mysql.innodb_table_stats;

-- excluded @mysql.column_stats: histograms: the optimiser's hints, results do not depend on them
ANALYZE TABLE customs.duties PERSISTENT FOR ALL;

-- excluded @mysql.general_log: log tables: what the server wrote about its own work, and writes on while a backup is taken
SET GLOBAL log_output = 'TABLE', general_log = ON; SELECT 1; SET GLOBAL general_log = OFF;

-- excluded @mysql.help_topic: the manual for the client: it comes with the server's package
DELETE FROM mysql.help_topic LIMIT 5;

-- excluded @max_allowed_packet: settings of the server that runs: they are in option files, not on the volume's tables
SET GLOBAL max_allowed_packet = 32 * 1024 * 1024;

-- excluded @temporary: temporary tables: they end with their session
CREATE TEMPORARY TABLE harbour.passing (id INT);

-- excluded @harbour.pilots_now: rows of a MEMORY table: no restart brings them back
DELETE FROM harbour.pilots_now; INSERT INTO harbour.pilots_now VALUES (7, 'x');

-- equal @harbour.manifest: rows in another order
CREATE TABLE harbour.z AS SELECT * FROM harbour.manifest ORDER BY goods; TRUNCATE harbour.manifest; INSERT INTO harbour.manifest SELECT * FROM harbour.z; DROP TABLE harbour.z;

-- equal @harbour.tides: rows without key in another order
CREATE TABLE harbour.z2 AS SELECT * FROM harbour.tides ORDER BY level, at DESC; TRUNCATE harbour.tides; INSERT INTO harbour.tides SELECT * FROM harbour.z2; DROP TABLE harbour.z2;

-- equal @harbour.landings: OPTIMIZE TABLE
OPTIMIZE TABLE harbour.landings;

-- equal @harbour.lanes: OPTIMIZE TABLE of a MyISAM table
DELETE FROM harbour.lanes WHERE id = 0; OPTIMIZE TABLE harbour.lanes;

-- equal @harbour.buoys: an Aria table built anew
ALTER TABLE harbour.buoys FORCE;

-- equal @harbour.numbers: a table built anew
ALTER TABLE harbour.numbers FORCE;

-- equal @harbour.floats: every row written again
UPDATE harbour.floats SET single = single + 1; UPDATE harbour.floats f JOIN (SELECT seq AS id, CAST(seq / 7 AS FLOAT) AS single FROM harbour.seq_1_to_250) s USING (id) SET f.single = s.single; UPDATE harbour.floats SET single = IF(id = 900, 0, 16777216) WHERE id >= 900;

-- equal @harbour.weighings: ANALYZE TABLE
ANALYZE TABLE harbour.weighings;

-- equal @harbour.compact_format: an index dropped and made again
ALTER TABLE harbour.compact_format DROP KEY v; ALTER TABLE harbour.compact_format ADD KEY v (v);

-- equal @harbour.seals: FLUSH TABLES
FLUSH TABLES;

-- equal @harbour.heavy: a view made again with the same words
CREATE OR REPLACE VIEW harbour.heavy AS SELECT id, ship, tons FROM harbour.landings WHERE tons > 5000;

-- equal @harbour.yards: partitions built anew
ALTER TABLE harbour.yards REBUILD PARTITION ALL;

-- equal @harbour.bag: rows deleted and inserted again
DELETE FROM harbour.bag WHERE k = 3; INSERT INTO harbour.bag SELECT 3, 'w3' FROM harbour.seq_1_to_20;

-- equal @harbour.tariffs: CHECK TABLE
CHECK TABLE harbour.tariffs;

-- equal @pilot: a grant given again
GRANT SELECT, INSERT ON harbour.* TO pilot@localhost;

-- equal @harbour.texts: a table with long texts built anew
ALTER TABLE harbour.texts FORCE;

-- equal @binlog: binary logs are thrown away
FLUSH LOGS;
