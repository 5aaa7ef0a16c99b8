/** A process of its own for tests: starts the embedded server over the given directory, prints its URL, and waits. */
import { startEmbeddedPostgres } from '../../src/booking/embedded-postgres.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'

const [dataDir = ''] = process.argv.slice(2)
const server = await startEmbeddedPostgres({ dataDir, clock: systemClock, log: silentLog })
process.stdout.write(`${server.ownerUrl}\n`)
setInterval(() => {}, 1_000)
