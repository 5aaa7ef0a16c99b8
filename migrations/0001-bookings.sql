-- Bookings: a row per document, each with a state of its own (`state`: what the service works with; generated columns: what
-- people and reports ask for). Personal data live in personal_data only, sealed with a key of the booking's own in data_keys.
-- Runs on PostgreSQL 15 and later.

CREATE SCHEMA booking;

CREATE TABLE booking.bookings (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  -- ours, in every supplier order: unique over all tenants
  reference text NOT NULL CONSTRAINT bookings_reference_unique UNIQUE,
  -- counts events; every write names the version that it saw
  version integer NOT NULL,
  status text NOT NULL,
  goal jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- when somebody must look at it again unasked
  wake_at timestamptz
);
CREATE INDEX bookings_newest ON booking.bookings (tenant, created_at DESC, id DESC);
CREATE INDEX bookings_newest_by_status ON booking.bookings (tenant, status, created_at DESC, id DESC);
CREATE INDEX bookings_due ON booking.bookings (wake_at) WHERE wake_at IS NOT NULL;

-- What was sold: never changes. json, not jsonb: written once, read whole, in the order in which it was shown.
CREATE TABLE booking.sales (
  booking_id text PRIMARY KEY REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  sale json NOT NULL,
  offer_id text NOT NULL GENERATED ALWAYS AS (sale ->> 'offerId') STORED,
  provider text NOT NULL GENERATED ALWAYS AS (sale ->> 'provider') STORED,
  total_minor bigint NOT NULL GENERATED ALWAYS AS ((sale #>> '{total,amountMinor}')::bigint) STORED,
  currency text NOT NULL GENERATED ALWAYS AS (sale #>> '{total,currency}') STORED
);

CREATE TABLE booking.passengers (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  type text NOT NULL,
  adult_id text,
  -- keyed and different for each booking: a name cannot be read from it, nor two bookings compared
  last_name_hashes text[] NOT NULL,
  PRIMARY KEY (booking_id, id)
);

CREATE TABLE booking.segments (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  carrier text,
  number text,
  origin text,
  destination text,
  -- local time at the origin
  departure text,
  departure_zone text,
  -- HK, UN, TK …; null until the supplier has said
  status text,
  PRIMARY KEY (booking_id, id)
);
-- who is on a flight: schedule changes, duplicates
CREATE INDEX segments_flight ON booking.segments (carrier, number, departure);

CREATE TABLE booking.supplier_orders (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  provider text NOT NULL GENERATED ALWAYS AS (state ->> 'provider') STORED,
  status text NOT NULL GENERATED ALWAYS AS (state ->> 'status') STORED,
  doubt text GENERATED ALWAYS AS (state ->> 'doubt') STORED,
  locator text GENERATED ALWAYS AS (state #>> '{locators,0,locator}') STORED,
  PRIMARY KEY (booking_id, id)
);
-- locators are used again over the years: a way in, not a key
CREATE INDEX supplier_orders_locator ON booking.supplier_orders (provider, locator);

CREATE TABLE booking.documents (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  order_id text NOT NULL,
  number text NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL,
  passenger_id text,
  status text NOT NULL,
  PRIMARY KEY (booking_id, order_id, number)
);
CREATE INDEX documents_number ON booking.documents (number);

CREATE TABLE booking.payments (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  gateway text NOT NULL GENERATED ALWAYS AS (state ->> 'gateway') STORED,
  gateway_payment_id text GENERATED ALWAYS AS (state ->> 'gatewayPaymentId') STORED,
  status text NOT NULL GENERATED ALWAYS AS (state ->> 'status') STORED,
  doubt text GENERATED ALWAYS AS (state ->> 'doubt') STORED,
  amount_minor bigint NOT NULL GENERATED ALWAYS AS ((state #>> '{amount,amountMinor}')::bigint) STORED,
  currency text NOT NULL GENERATED ALWAYS AS (state #>> '{amount,currency}') STORED,
  PRIMARY KEY (booking_id, id)
);
CREATE UNIQUE INDEX payments_id ON booking.payments (id);

CREATE TABLE booking.refunds (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  payment_id text NOT NULL GENERATED ALWAYS AS (state ->> 'paymentId') STORED,
  status text NOT NULL GENERATED ALWAYS AS (state ->> 'status') STORED,
  amount_minor bigint NOT NULL GENERATED ALWAYS AS ((state #>> '{amount,amountMinor}')::bigint) STORED,
  currency text NOT NULL GENERATED ALWAYS AS (state #>> '{amount,currency}') STORED,
  PRIMARY KEY (booking_id, id)
);

CREATE TABLE booking.cancellation_quotes (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  kind text NOT NULL GENERATED ALWAYS AS (state ->> 'kind') STORED,
  status text NOT NULL GENERATED ALWAYS AS (state ->> 'status') STORED,
  PRIMARY KEY (booking_id, id)
);

-- Calls that may change something outside: written before they are made, closed with their outcome.
CREATE TABLE booking.attempts (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  id text NOT NULL,
  position integer NOT NULL,
  state jsonb NOT NULL,
  step text NOT NULL GENERATED ALWAYS AS (state ->> 'step') STORED,
  target text NOT NULL GENERATED ALWAYS AS (state ->> 'target') STORED,
  outcome text NOT NULL GENERATED ALWAYS AS (state ->> 'outcome') STORED,
  PRIMARY KEY (booking_id, id)
);

-- Delete the row and the booking is forgotten, in backups too.
CREATE TABLE booking.data_keys (
  booking_id text PRIMARY KEY REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  -- sealed with the master key whose id is in its head
  wrapped bytea NOT NULL
);

-- Names, contacts, documents, payment tokens, kept answers, and what only a supplier understands.
CREATE TABLE booking.personal_data (
  booking_id text NOT NULL REFERENCES booking.bookings (id),
  tenant text NOT NULL,
  kind text NOT NULL,
  payload bytea NOT NULL,
  PRIMARY KEY (booking_id, kind)
);
-- random bytes do not compress
ALTER TABLE booking.personal_data ALTER COLUMN payload SET STORAGE EXTERNAL;

-- Every event for good, with ids only. The service may add to it and read it.
CREATE TABLE booking.audit_log (
  booking_id text NOT NULL,
  sequence integer NOT NULL,
  tenant text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  request_id text NOT NULL,
  kind text NOT NULL,
  -- of the whole write, which may hold several events
  status_before text,
  status_after text NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (booking_id, sequence)
);
CREATE INDEX audit_log_newest ON booking.audit_log (tenant, at);

CREATE FUNCTION booking.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
-- Where one role does everything, rights alone would not hold it back.
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON booking.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION booking.refuse_change();

-- What others are told, in the transaction in which it became true.
CREATE TABLE booking.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  booking_id text NOT NULL,
  -- the booking's version: rises with each
  sequence integer NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (booking_id, sequence, type)
);

CREATE TABLE booking.idempotency_keys (
  tenant text NOT NULL,
  -- method and path
  scope text NOT NULL,
  key text NOT NULL,
  -- of whoever works on it: a later owner fences off an earlier one
  owner text NOT NULL,
  -- keyed hash of the request
  fingerprint text NOT NULL,
  lease_until timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  booking_id text,
  -- what it is about within the booking
  subject text,
  -- of the final answer, whose body is in personal_data under answer_kind
  status integer,
  content_type text,
  answer_kind text,
  PRIMARY KEY (tenant, scope, key)
);
CREATE INDEX idempotency_keys_expiry ON booking.idempotency_keys (expires_at);
