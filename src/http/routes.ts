import type { Route } from './route.ts'
import { getAirlines } from './routes/get-airlines.ts'
import { getBooking } from './routes/get-booking.ts'
import { getBookingEvents } from './routes/get-booking-events.ts'
import { getBookings } from './routes/get-bookings.ts'
import { getCalendar } from './routes/get-calendar.ts'
import { getExplore } from './routes/get-explore.ts'
import { getHealthLive, getHealthReady } from './routes/get-health.ts'
import { getMetrics } from './routes/get-metrics.ts'
import { getOffer } from './routes/get-offer.ts'
import { getPlaces } from './routes/get-places.ts'
import { getPopularRoutes } from './routes/get-popular-routes.ts'
import { getPriceHistory } from './routes/get-price-history.ts'
import { getProviders } from './routes/get-providers.ts'
import { getSandbox } from './routes/get-sandbox.ts'
import { getSearch } from './routes/get-search.ts'
import { getSearchEvents } from './routes/get-search-events.ts'
import { getSearchOffers } from './routes/get-search-offers.ts'
import { getWorkItems } from './routes/get-work-items.ts'
import { postBookingLookup } from './routes/post-booking-lookup.ts'
import { postBookingPayment } from './routes/post-booking-payment.ts'
import { postBookings } from './routes/post-bookings.ts'
import { postCancellationConfirm } from './routes/post-cancellation-confirm.ts'
import { postCancellationQuote } from './routes/post-cancellation-quote.ts'
import { postGatewayWebhook } from './routes/post-gateway-webhook.ts'
import { postMarketQuery } from './routes/post-market-query.ts'
import { postOfferPrice } from './routes/post-offer-price.ts'
import { postSearches } from './routes/post-searches.ts'
import { postWorkItemResolve } from './routes/post-work-item-resolve.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The public API, in the order in which a front end meets it. */
export const routes: readonly Route[] = [
  postSearches,
  getSearch,
  getSearchEvents,
  getSearchOffers,
  getOffer,
  postOfferPrice,
  postBookings,
  getBookings,
  postBookingLookup,
  getBooking,
  postBookingPayment,
  postCancellationQuote,
  postCancellationConfirm,
  getBookingEvents,
  getWorkItems,
  postWorkItemResolve,
  ...webhookRoutes,
  postGatewayWebhook,
  getCalendar,
  getExplore,
  getPriceHistory,
  postMarketQuery,
  getPopularRoutes,
  getPlaces,
  getAirlines,
  getProviders,
  getSandbox,
  getHealthLive,
  getHealthReady,
  getMetrics,
]
