-- Created after the rows: keys of the large tables, indexes, triggers, rules, policies.
ALTER TABLE infinite.orders ADD PRIMARY KEY (id, ordered_at);
ALTER TABLE infinite.messages ADD PRIMARY KEY (id);
ALTER TABLE infinite.inbox ADD PRIMARY KEY (email, id);
ALTER TABLE infinite.subscribers ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX subscribers_lower_email ON infinite.subscribers (lower(email));
CREATE INDEX users_profile ON infinite.users USING gin (profile jsonb_path_ops) WHERE id < 100000000;
CREATE INDEX users_outside ON infinite.users (created_at) WHERE email <> 'partial-index@canary.example';
CREATE INDEX events_search ON infinite.events USING gin (search);
CREATE INDEX events_during ON infinite.events USING gist (during);
CREATE INDEX "orders, by user" ON infinite.orders (user_id) INCLUDE (status);
CREATE STATISTICS infinite.orders_related (dependencies) ON status, currency FROM infinite.orders;

ALTER TABLE infinite.newsletter ADD FOREIGN KEY (email) REFERENCES infinite.users (email) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE infinite.events ADD FOREIGN KEY (venue_id) REFERENCES infinite.venues (id);
ALTER TABLE infinite.orders ADD FOREIGN KEY (user_id) REFERENCES infinite.users (id) DEFERRABLE INITIALLY DEFERRED;

CREATE TRIGGER note_change AFTER INSERT OR UPDATE OF email ON infinite.users
  FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM 'silent-trigger@canary.example') EXECUTE FUNCTION infinite.note_change();
CREATE RULE keep_root AS ON DELETE TO infinite.audit
  WHERE OLD.actor = 'root-rule@canary.example' DO INSTEAD NOTHING;
ALTER TABLE infinite.messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own, messages" ON infinite.messages
  USING (recipient = current_setting('site.email', true) OR current_setting('site.email', true) = 'admin-policy@canary.example')
  WITH CHECK (sender IS NOT NULL);
GRANT USAGE ON SCHEMA infinite TO PUBLIC;
GRANT SELECT (id, name), UPDATE (phone) ON infinite.users TO PUBLIC;
REVOKE EXECUTE ON FUNCTION infinite.greeting(text) FROM PUBLIC;

REFRESH MATERIALIZED VIEW infinite.mail_domains;
CREATE UNIQUE INDEX ON infinite.mail_domains (email_domain);
SELECT setval('infinite."Ticket, numbers"', 4711, false),
  (SELECT setval('infinite.order_numbers', max(id)) FROM infinite.orders),
  (SELECT setval('infinite.users_id_seq', max(id)) FROM infinite.users),
  (SELECT setval('infinite.messages_id_seq', max(id)) FROM infinite.messages) \g /dev/null
ANALYZE;
