-- An extension with a configuration table and sequence, of which users' rows are dumped. It stands in for those that have one
-- (PostGIS, pg_cron, pg_partman) and that not every server has. Source and copy get it before everything else.
CREATE EXTENSION hstore SCHEMA public;
CREATE TABLE public.systems (id integer PRIMARY KEY, name text);
CREATE SEQUENCE public.system_ids START 900000;
INSERT INTO public.systems VALUES (4326, 'brought by the extension');
ALTER EXTENSION hstore ADD TABLE public.systems;
ALTER EXTENSION hstore ADD SEQUENCE public.system_ids;
UPDATE pg_extension SET extconfig = ARRAY['public.systems'::regclass::oid, 'public.system_ids'::regclass::oid], extcondition = ARRAY['WHERE id >= 900000', '']
WHERE extname = 'hstore';
