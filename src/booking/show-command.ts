import { parseArgs } from 'node:util'
import { silentLog } from '../core/log.ts'
import type { BookingId } from '../core/ids.ts'
import type { TenantId } from '../core/tenant.ts'
import { openPostgresBookingStore } from './booking-store.postgres.ts'
import type { BookingStore } from './booking-store.ts'
import { bookingReport } from './booking-report.ts'
import { findTenant } from './find-tenant.postgres.ts'
import { checkMasterKeys, hasMasterKey, MasterKeyError, type MasterKeys, openMasterKeys } from './master-key.ts'
import { createVault, nothingPrivate } from './private-data.ts'
import { reachDatabase } from './reach-database.ts'
import { wholeTimeline } from './timeline.ts'

/** As the service has them. */
export type ShowSettings = {
  readonly databaseUrl: string | undefined
  readonly dataDir: string
  readonly masterKey: string | undefined
}

const usage = 'booking takes: show REFERENCE [--personal]'

/** `fareloom booking show`: exit 0, 1 where the audit log was changed; what cannot be shown is thrown, with one sentence. */
export async function bookingCommand(args: readonly string[], settings: ShowSettings): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { personal: { type: 'boolean', default: false } },
  })
  const [verb, word, ...more] = positionals
  if (verb !== 'show' || !word || more.length > 0) throw new Error(usage)
  const { databaseUrl, dataDir, masterKey } = settings
  const database = await reachDatabase(databaseUrl, dataDir)
  try {
    const whose = await findTenant(database.url, word.trim())
    if (!whose) throw new Error(`there is no booking ${word}`)
    if (!hasMasterKey(masterKey, dataDir))
      throw new MasterKeyError(`there is no master key: set MASTER_KEY, or DATA_DIR to where the service keeps its own`)
    const store = openPostgresBookingStore({ url: database.url, connectionsMax: 1, log: silentLog })
    try {
      return await show(store, openMasterKeys(masterKey, dataDir), whose, values.personal)
    } finally {
      await store.close()
    }
  } finally {
    await database.leave()
  }
}

async function show(
  store: BookingStore,
  keys: MasterKeys,
  { tenant, id }: { readonly tenant: TenantId; readonly id: BookingId },
  withPersonal: boolean,
): Promise<number> {
  // with another key an audit log that nobody touched would look changed
  await checkMasterKeys(keys, store)
  const vault = createVault(keys)
  const stored = await store.find(tenant, id)
  if (!stored) throw new Error(`the booking ${id} was there a moment ago`)
  const { booking, wrappedKey, sealed } = stored
  const timeline = await wholeTimeline({ tools: { store }, vault }, id, { tenant })
  const read = () => (wrappedKey ? vault.read(vault.openKey(id, wrappedKey), sealed) : nothingPrivate)
  process.stdout.write(bookingReport(booking, timeline, withPersonal ? read() : null))
  return timeline.audit.intact ? 0 : 1
}
