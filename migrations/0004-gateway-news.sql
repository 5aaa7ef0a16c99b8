-- What payment gateways send unasked: each event once, whoever's payment it is about.

CREATE TABLE booking.gateway_news (
  gateway text NOT NULL,
  -- the gateway's own: the same each time that it sends it
  id text NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (gateway, id)
);
CREATE INDEX gateway_news_oldest ON booking.gateway_news (received_at);

CREATE INDEX payments_at_gateway ON booking.payments (gateway, gateway_payment_id) WHERE gateway_payment_id IS NOT NULL;
