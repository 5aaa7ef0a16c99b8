-- How often a card or an address was used to pay lately, for the fraud score: keyed hashes, dropped after a week. Rows are only
-- added, not counted up: a counter would make all who pay with the same card wait for each other.

CREATE TABLE booking.payment_sightings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  hash text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX payment_sightings_recent ON booking.payment_sightings (tenant, hash, at);
CREATE INDEX payment_sightings_oldest ON booking.payment_sightings (at);
