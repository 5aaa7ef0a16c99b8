-- What no machine can finish, for a person to see to.
CREATE TABLE booking.work_items (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  is_open boolean NOT NULL GENERATED ALWAYS AS (state ->> 'resolvedAt' IS NULL) STORED,
  -- milliseconds since 1970
  opened_at_ms bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'openedAt')::bigint) STORED,
  PRIMARY KEY (booking_id, id)
);
CREATE UNIQUE INDEX work_items_id ON booking.work_items (id);
CREATE INDEX work_items_oldest ON booking.work_items (tenant, is_open, opened_at_ms, id);

-- The log as a chain: each entry's hash covers the one before, keyed with the master key; the last one stands with the booking,
-- so that neither a changed entry nor a missing one goes unseen.
ALTER TABLE booking.audit_log ADD COLUMN hash text NOT NULL;
ALTER TABLE booking.bookings ADD COLUMN audit_head text NOT NULL;
