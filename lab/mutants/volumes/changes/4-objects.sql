-- object @harbour.heavy: a view is missing
DROP VIEW harbour.heavy;

-- object @harbour.heavy: a view has another condition
CREATE OR REPLACE VIEW harbour.heavy AS SELECT id, ship, tons FROM harbour.landings WHERE tons > 4000;

-- object @harbour.heavy: a view became a table
DROP VIEW harbour.heavy; CREATE TABLE harbour.heavy AS SELECT id, ship, tons FROM harbour.landings WHERE tons > 5000;

-- object @harbour.by_berth: a view runs with the rights of its definer
CREATE OR REPLACE ALGORITHM=TEMPTABLE SQL SECURITY DEFINER VIEW harbour.by_berth AS SELECT berth, COUNT(*) AS n, SUM(tons) AS tons FROM harbour.landings GROUP BY berth;

-- object @harbour.by_berth: algorithm of a view
CREATE OR REPLACE ALGORITHM=UNDEFINED SQL SECURITY INVOKER VIEW harbour.by_berth AS SELECT berth, COUNT(*) AS n, SUM(tons) AS tons FROM harbour.landings GROUP BY berth;

-- object @harbour.small_ones: check option of a view
CREATE OR REPLACE VIEW harbour.small_ones AS SELECT id, v FROM harbour.tickets WHERE id < 70020;

-- object @harbour.small_ones: definer of a view
CREATE OR REPLACE DEFINER = pilot@localhost VIEW harbour.small_ones AS SELECT id, v FROM harbour.tickets WHERE id < 70020 WITH CHECK OPTION;

-- object @harbour.dangling: a view that could not be opened is missing
DROP VIEW harbour.dangling;

-- object @harbour.lookout: a view more
CREATE VIEW harbour.lookout AS SELECT 1 AS one;

-- object @tidy: a procedure is missing
DROP PROCEDURE harbour.tidy;

-- object @tidy: body of a procedure
DROP PROCEDURE harbour.tidy; CREATE PROCEDURE harbour.tidy(IN days INT) COMMENT 'removes what is old' MODIFIES SQL DATA DELETE FROM harbour.nothing_yet;

-- object @tidy: comment of a procedure
ALTER PROCEDURE harbour.tidy COMMENT 'something else';

-- object @tidy: a procedure runs with the rights of its caller
ALTER PROCEDURE harbour.tidy SQL SECURITY INVOKER;

-- object @gross: a function is missing
DROP FUNCTION harbour.gross;

-- object @gross: a number in a function
CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN net * 1.16;

-- object @gross: a function is no longer deterministic
CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) RETURN net * 1.19;

-- object @gross: what a function returns
CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(10,1) DETERMINISTIC RETURN net * 1.19;

-- object @gross: the SQL mode of a function
SET sql_mode = 'ANSI_QUOTES'; CREATE OR REPLACE FUNCTION harbour.gross(net DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC RETURN net * 1.19;

-- object @total_of: an aggregate function is missing
DROP FUNCTION harbour.total_of;

-- object @port: body of a package is missing
SET sql_mode = ORACLE; DROP PACKAGE BODY harbour.port;

-- object @fathom: a procedure more
CREATE PROCEDURE harbour.fathom() SELECT 1;

-- object @stamp_ticket: a trigger is missing
DROP TRIGGER harbour.stamp_ticket;

-- object @stamp_ticket: body of a trigger
CREATE OR REPLACE TRIGGER harbour.stamp_ticket BEFORE INSERT ON harbour.tickets FOR EACH ROW SET NEW.v = 'all the same';

-- object @second_ticket: two triggers run the other way round
CREATE OR REPLACE TRIGGER harbour.second_ticket BEFORE INSERT ON harbour.tickets FOR EACH ROW PRECEDES stamp_ticket SET NEW.v = LOWER(NEW.v);

-- object @buoy_gone: a trigger fires at another time
DROP TRIGGER harbour.buoy_gone; CREATE TRIGGER harbour.buoy_gone BEFORE DELETE ON harbour.buoys FOR EACH ROW INSERT INTO never_used VALUES (OLD.id, OLD.v);

-- object @buoy_gone: definer of a trigger
CREATE OR REPLACE DEFINER = pilot@localhost TRIGGER harbour.buoy_gone AFTER DELETE ON harbour.buoys FOR EACH ROW INSERT INTO never_used VALUES (OLD.id, OLD.v);

-- object @buoy_back: a trigger more
CREATE TRIGGER harbour.buoy_back BEFORE INSERT ON harbour.buoys FOR EACH ROW SET NEW.n = 1;

-- object @sweep: an event is missing
DROP EVENT harbour.sweep;

-- object @sweep: an event is switched off
ALTER EVENT harbour.sweep DISABLE;

-- object @sweep: an event runs every other day
ALTER EVENT harbour.sweep ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01 03:00:00';

-- object @sweep: what an event does
ALTER EVENT harbour.sweep DO CALL harbour.tidy(1);

-- object @once_only: an event that runs once, at another time
ALTER EVENT harbour.once_only ON SCHEDULE AT '2036-06-01 00:00:00';

-- object @once_only: an event is dropped once it has run
ALTER EVENT harbour.once_only ON COMPLETION NOT PRESERVE;

-- object @hourly: an event more
CREATE EVENT harbour.hourly ON SCHEDULE EVERY 1 HOUR STARTS '2030-01-01' DO SELECT 1;

-- object @receipts_no: a sequence is missing
DROP SEQUENCE harbour.receipts_no;

-- object @receipts_no: a sequence goes by another step
ALTER SEQUENCE harbour.receipts_no INCREMENT BY 6;

-- object @unused_no: a sequence begins again at its end
ALTER SEQUENCE harbour.unused_no CYCLE;

-- object @second_no: a sequence more
CREATE SEQUENCE harbour.second_no;

-- object @pilot: a user is missing
DROP USER pilot@localhost;

-- object @pilot: a user has another password
ALTER USER pilot@localhost IDENTIFIED BY 'ashore';

-- object @pilot: a user logs in another way
ALTER USER pilot@localhost IDENTIFIED VIA unix_socket;

-- object @pilot: a right on a database is missing
REVOKE INSERT ON harbour.* FROM pilot@localhost;

-- object @pilot: a right on a column is missing
REVOKE UPDATE (tons) ON harbour.landings FROM pilot@localhost;

-- object @pilot: a right more, with the right to pass it on
GRANT SELECT ON customs.duties TO pilot@localhost WITH GRANT OPTION;

-- object @pilot: a user has all rights
GRANT ALL ON *.* TO pilot@localhost;

-- object @pilot: a role was taken from a user
REVOKE master FROM pilot@localhost;

-- object @pilot: default role of a user
SET DEFAULT ROLE NONE FOR pilot@localhost;

-- object @clerk: a right to call a procedure is missing
REVOKE EXECUTE ON PROCEDURE harbour.tidy FROM clerk@'10.%';

-- object @clerk: a user needs no encryption any more
ALTER USER clerk@'10.%' REQUIRE NONE;

-- object @clerk: a limit of a user
ALTER USER clerk@'10.%' WITH MAX_USER_CONNECTIONS 50;

-- object @clerk: a user may come from other hosts
RENAME USER clerk@'10.%' TO clerk@'%';

-- object @locked_out: a user is no longer locked
ALTER USER locked_out@localhost ACCOUNT UNLOCK;

-- object @stowaway: a user more
CREATE USER stowaway@localhost;

-- object @master: a role is missing
DROP ROLE master;

-- object @master: a role has another right
GRANT DELETE ON customs.* TO master;

-- object @watch: a role was taken from a role
REVOKE watch FROM master;

-- object @other_port: a server of another database is missing
DROP SERVER other_port;
