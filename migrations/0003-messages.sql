-- Who is told, and how far it has got. A message is in the outbox in the transaction in which it became true; for each receiver
-- it becomes a delivery of its own, so that one that fails delays nobody else's.

CREATE TABLE booking.webhooks (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  url text NOT NULL,
  -- empty: all
  types text[] NOT NULL,
  -- sealed with the master key
  secret bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- the receiver said that it is gone
  disabled_at timestamptz
);
CREATE INDEX webhooks_of_tenant ON booking.webhooks (tenant, created_at, id);

ALTER TABLE booking.outbox ADD COLUMN dispatched_at timestamptz;
CREATE INDEX outbox_new ON booking.outbox (id) WHERE dispatched_at IS NULL;
CREATE INDEX outbox_old ON booking.outbox (dispatched_at) WHERE dispatched_at IS NOT NULL;

CREATE TABLE booking.deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id bigint NOT NULL REFERENCES booking.outbox (id) ON DELETE CASCADE,
  tenant text NOT NULL,
  -- a webhook's id, or redis, or kafka
  receiver text NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'delivered', 'dead')),
  tries integer NOT NULL,
  -- tries end 72 h after this
  since timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  -- of whoever sends it now: a later owner fences off an earlier one
  owner text,
  fault text,
  settled_at timestamptz,
  UNIQUE (message_id, receiver)
);
CREATE INDEX deliveries_due ON booking.deliveries (receiver, next_at, id) WHERE status = 'waiting';
CREATE INDEX deliveries_of_receiver ON booking.deliveries (receiver, id DESC);
