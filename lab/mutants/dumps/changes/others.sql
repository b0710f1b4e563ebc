-- Changes to everything else.
-- object: a schema is missing
DROP SCHEMA vacant;
-- object: a schema more
CREATE SCHEMA more;
-- object: comment on a schema
COMMENT ON SCHEMA lib IS NULL;
-- object: a label of an enum more
ALTER TYPE lib.status ADD VALUE 'sold';
-- object: order of the labels of an enum
UPDATE pg_enum SET enumsortorder = 9 WHERE enumlabel = 'new' AND enumtypid = 'lib.status'::regtype;
-- object: a label of an enum has another name
UPDATE pg_enum SET enumlabel = 'gone' WHERE enumlabel = 'lost' AND enumtypid = 'lib.status'::regtype;
-- object: an attribute of a composite type more
ALTER TABLE lib.of_type NOT OF; ALTER TYPE lib.shelf ADD ATTRIBUTE floor integer;
-- object: a range type is missing
ALTER TABLE lib.kinds ALTER COLUMN at TYPE text; DROP TYPE lib.pages;
-- object: CHECK of a domain
ALTER DOMAIN lib.isbn DROP CONSTRAINT isbn_form;
-- object: NOT NULL of a domain
ALTER DOMAIN lib.stars DROP NOT NULL;
-- object: default of a domain
ALTER DOMAIN lib.stars SET DEFAULT 4;
-- object: a collation is missing
DROP VIEW lib.barrier; DROP COLLATION lib.phone_book CASCADE;
-- object: a deterministic collation
DROP COLLATION lib.no_case; CREATE COLLATION lib.no_case (provider = icu, locale = 'und-u-ks-level2');
-- object: comment on a type
COMMENT ON TYPE lib.status IS NULL;
-- object: a function is missing
DROP FUNCTION lib.twice(text);
-- object: the body of a function
CREATE OR REPLACE FUNCTION lib.fine(days integer) RETURNS numeric LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = lib, pg_temp COST 9 AS $$ BEGIN RETURN days * 0.35; END $$;
-- object: a body of SQL statements
CREATE OR REPLACE FUNCTION lib.atomic(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT a + 1; SELECT a + 3; END;
-- object: a default of a parameter
CREATE OR REPLACE FUNCTION lib.twice(a integer, b integer DEFAULT 3) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'SELECT a * b';
-- object: volatility of a function
ALTER FUNCTION lib.twice(text) STABLE;
-- object: STRICT of a function
ALTER FUNCTION lib.twice(integer, integer) CALLED ON NULL INPUT;
-- object: SECURITY DEFINER of a function
ALTER FUNCTION lib.fine(integer) SECURITY INVOKER;
-- object: a setting of a function
ALTER FUNCTION lib.fine(integer) RESET search_path;
-- object: LEAKPROOF of a function
ALTER FUNCTION lib.twice(integer, integer) NOT LEAKPROOF;
-- object: PARALLEL of a function
ALTER FUNCTION lib.twice(integer, integer) PARALLEL UNSAFE;
-- object: rows that a function is expected to return
ALTER FUNCTION lib.many(integer) ROWS 8;
-- object: a procedure is missing
DROP PROCEDURE lib.tidy();
-- object: an aggregate starts with another value
DROP AGGREGATE lib.longest(text); CREATE AGGREGATE lib.longest(text) (SFUNC = textcat, STYPE = text, INITCOND = 'x');
-- object: an operator is missing
DROP OPERATOR lib.~== (lib.status, text);
-- object: an operator class is missing
DROP OPERATOR CLASS lib.status_class USING btree;
-- object: an operator family is missing
DROP OPERATOR FAMILY lib.status_ops USING btree CASCADE;
-- object: a cast is missing
DROP CAST (lib.status AS integer);
-- object: a cast is implicit
DROP CAST (lib.status AS integer); CREATE CAST (lib.status AS integer) WITH FUNCTION lib.number_of(lib.status) AS IMPLICIT;
-- object: a transform is missing
DROP TRANSFORM FOR public.hstore LANGUAGE sql;
-- object: comment on a function
COMMENT ON FUNCTION lib.fine(integer) IS NULL;
-- object: a trigger is missing
DROP TRIGGER stamp ON lib.reader;
-- object: a trigger is off
ALTER TABLE lib.reader DISABLE TRIGGER stamp;
-- object: a trigger that was off is on
ALTER TABLE lib.reader ENABLE TRIGGER asleep;
-- object: a trigger fires ALWAYS no more
ALTER TABLE lib.reader ENABLE TRIGGER always;
-- object: a trigger fires at other events
CREATE OR REPLACE TRIGGER stamp BEFORE INSERT ON lib.reader FOR EACH ROW EXECUTE FUNCTION lib.stamp();
-- object: condition of a trigger
CREATE OR REPLACE TRIGGER asleep BEFORE UPDATE OF name ON lib.reader FOR EACH ROW EXECUTE FUNCTION lib.stamp(); ALTER TABLE lib.reader DISABLE TRIGGER asleep;
-- object: a constraint trigger is missing
DROP TRIGGER later ON lib.book;
-- object: a trigger of a partition is off
ALTER TABLE lib.visit_2020 DISABLE TRIGGER counted;
-- object: a trigger of a partitioned table is missing
DROP TRIGGER counted ON lib.visit;
-- object: a trigger of a view is missing
DROP TRIGGER instead ON lib.per_book;
-- object: comment on a trigger
COMMENT ON TRIGGER stamp ON lib.reader IS NULL;
-- object: an event trigger is missing
DROP EVENT TRIGGER watch;
-- object: an event trigger is off
ALTER EVENT TRIGGER watch DISABLE;
-- object: a rule is missing
DROP RULE keep ON lib.of_type;
-- object: a rule is off
ALTER TABLE lib.of_type DISABLE RULE keep;
-- object: a view is missing
DROP VIEW lib.rich;
-- object: a view shows other rows
CREATE OR REPLACE VIEW lib.barrier WITH (security_barrier) AS SELECT id, name FROM lib.reader WHERE kind IN ('adult');
-- object: CHECK OPTION of a view
ALTER VIEW lib.rich RESET (check_option);
-- object: security_barrier of a view
ALTER VIEW lib.barrier RESET (security_barrier);
-- object: security_invoker of a view
ALTER VIEW lib.barrier SET (security_invoker = true);
-- object: comment on a view
COMMENT ON VIEW lib.per_book IS NULL;
-- object: a materialised view is missing
DROP MATERIALIZED VIEW lib.not_filled;
-- object: a materialised view became a view
DROP MATERIALIZED VIEW lib.not_filled; CREATE VIEW lib.not_filled AS SELECT count(*) AS n FROM lib.reader;
-- object: a materialised view that was not filled is filled
REFRESH MATERIALIZED VIEW lib.not_filled;
-- object: a materialised view cannot be queried
REFRESH MATERIALIZED VIEW lib.per_state WITH NO DATA;
-- object: a materialised view shows other rows
DROP MATERIALIZED VIEW lib.per_state; CREATE MATERIALIZED VIEW lib.per_state AS SELECT state, count(*) AS n, sum(price) AS worth FROM lib.book WHERE id < 9 GROUP BY state; CREATE UNIQUE INDEX per_state_key ON lib.per_state (state);
-- object: a publication is missing
DROP PUBLICATION everything;
-- object: a table of a publication is missing
ALTER PUBLICATION abroad DROP TABLE lib.loan;
-- object: condition of a table in a publication
ALTER PUBLICATION abroad SET TABLE lib.reader (id, email), lib.loan;
-- object: columns of a table in a publication
ALTER PUBLICATION abroad SET TABLE lib.reader WHERE (id > 110), lib.loan;
-- object: what a publication publishes
ALTER PUBLICATION abroad SET (publish = 'insert,truncate');
-- object: a foreign server is another
ALTER SERVER branch OPTIONS (SET host 'elsewhere.example.org');
-- object: a user mapping is missing
DROP USER MAPPING FOR PUBLIC SERVER branch;
-- object: the password of a user mapping
ALTER USER MAPPING FOR PUBLIC SERVER branch OPTIONS (SET password 'other');
-- object: an option of a foreign table
ALTER FOREIGN TABLE lib.elsewhere OPTIONS (SET table_name 'reader');
-- object: an option of a column of a foreign table
ALTER FOREIGN TABLE lib.elsewhere ALTER COLUMN id OPTIONS (SET column_name 'id');
-- object: a foreign table is missing
DROP FOREIGN TABLE lib.elsewhere;
-- object: a text search dictionary is another
ALTER TEXT SEARCH DICTIONARY lib.plain (STOPWORDS = english);
-- object: a text search configuration is missing
DROP TEXT SEARCH CONFIGURATION lib.german;
-- object: a mapping of a text search configuration
ALTER TEXT SEARCH CONFIGURATION lib.german ALTER MAPPING FOR word WITH german_stem;
-- object: a conversion is missing
DROP CONVERSION lib.from_latin1;
-- object: extended statistics are missing
DROP STATISTICS lib.reader_stat;
-- object: kinds of extended statistics
DROP STATISTICS lib.reader_stat; CREATE STATISTICS lib.reader_stat (dependencies) ON born, fee FROM lib.reader; ALTER STATISTICS lib.reader_stat SET STATISTICS 77;
-- object: an extension is missing
DROP EXTENSION btree_gist CASCADE;
-- object: an extension more
CREATE EXTENSION unaccent;
-- object: an extension in another schema
ALTER EXTENSION pg_trgm SET SCHEMA public;
-- object: an extension has an older version
UPDATE pg_extension SET extversion = '1.0' WHERE extname = 'citext';
-- object: comment on a large object
COMMENT ON LARGE OBJECT 800002 IS NULL;
-- tuning: fillfactor of a table
ALTER TABLE lib.reader SET (fillfactor = 90);
-- tuning: autovacuum of a table
ALTER TABLE lib.reader RESET (autovacuum_vacuum_scale_factor);
-- tuning: storage of a column
ALTER TABLE lib.reader ALTER COLUMN name SET STORAGE EXTENDED;
-- tuning: compression of a column
ALTER TABLE lib.reader ALTER COLUMN email SET COMPRESSION DEFAULT;
-- tuning: statistics target of a column
ALTER TABLE lib.reader ALTER COLUMN name SET STATISTICS -1;
-- tuning: expected number of values of a column
ALTER TABLE lib.reader ALTER COLUMN email RESET (n_distinct);
-- tuning: target of extended statistics
ALTER STATISTICS lib.reader_stat SET STATISTICS 100;
-- tuning: pages_per_range of an index
DROP INDEX lib.loan_day; CREATE INDEX loan_day ON lib.loan USING brin (day);
-- tuning: the index that CLUSTER uses
ALTER TABLE lib.reader SET WITHOUT CLUSTER;
-- tuning: cost of a function
ALTER FUNCTION lib.fine(integer) COST 100;
-- tuning: cache of a sequence
ALTER SEQUENCE lib.tickets CACHE 20;
-- excluded: rights on a table, since users and rights are those of the server that is restored to
REVOKE SELECT ON lib.reader FROM PUBLIC;
-- excluded: default privileges, for the same reason
ALTER DEFAULT PRIVILEGES IN SCHEMA lib REVOKE SELECT ON TABLES FROM PUBLIC;
-- excluded: the owner of a table, for the same reason
ALTER TABLE lib.same OWNER TO pg_monitor;
-- excluded: the owner of a large object, for the same reason
ALTER LARGE OBJECT 800002 OWNER TO pg_monitor;
-- excluded: settings of the database, which a dump of one database does not hold
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '5MB'); END $$;
-- excluded: comment on the database, which a dump of one database does not hold
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), 'x'); END $$;
-- excluded: comment on an extension, which the extension brings
COMMENT ON EXTENSION citext IS 'x';
-- excluded: rows that an extension brought, which its own installation gives back
UPDATE public.systems SET name = 'x' WHERE id = 4326;
-- equal: nothing
SELECT 1;
-- equal: a materialised view refreshed again
REFRESH MATERIALIZED VIEW lib.per_state;
-- equal: rows written again, in another order
CREATE TABLE lib.again AS SELECT * FROM lib.same ORDER BY a DESC; TRUNCATE lib.same; INSERT INTO lib.same SELECT * FROM lib.again; DROP TABLE lib.again;
-- equal: a table written again, with another physical layout
CLUSTER lib.reader;
-- equal: indexes built again
REINDEX SCHEMA lib;
-- equal: statistics
ANALYZE;
-- equal: a temporary table
CREATE TEMPORARY TABLE reader (id integer);
-- equal: an index made again with the same definition
DROP INDEX lib.reader_name; CREATE INDEX reader_name ON lib.reader (name); ALTER TABLE lib.reader CLUSTER ON reader_name; COMMENT ON INDEX lib.reader_name IS 'for the desk';
-- equal: a large object written again in another way
SELECT lo_unlink(800002); SELECT lo_create(800002); SELECT lo_put(800002, 3, 'rt'), lo_put(800002, 0, 'sho'); COMMENT ON LARGE OBJECT 800002 IS 'a short one';
-- equal: a partition detached and attached again
ALTER TABLE lib.visit DETACH PARTITION lib.visit_2020; ALTER TABLE lib.visit ATTACH PARTITION lib.visit_2020 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
-- equal: the same constraint once more in the form that a restore writes
ALTER TABLE lib.reader DROP CONSTRAINT reader_kind_check, ADD CONSTRAINT reader_kind_check CHECK (kind = ANY (ARRAY['adult'::varchar, 'child'::varchar]::text[]));
