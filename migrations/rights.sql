-- Run at every start, after the numbered migrations: what the service's own role may do. `fareloom.service_role` is that role,
-- or empty where one role owns and uses everything.

DO $$
DECLARE
  service text := current_setting('fareloom.service_role', true);
BEGIN
  IF service IS NULL OR service = '' OR service = current_user THEN
    RETURN;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA booking TO %I', service);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA booking TO %I', service);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA booking TO %I', service);
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON booking.audit_log FROM %I', service);
END
$$;
