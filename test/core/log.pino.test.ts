import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const file = new URL('../../src/core/log.pino.ts', import.meta.url).href

test('personal data that lie within a field do not reach the log; lines without any are written as they are', () => {
  const program = `import { pinoLog } from '${file}'
    const log = pinoLog('info')
    log.info({ traveller: { surname: 'Example', email: 'ada@example.com', type: 'ADT' }, bookingId: 'bkg_1' }, 'first')
    log.info({ bookingId: 'bkg_1', traceparent: null }, 'second')`
  const lines = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  const [first, second] = lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as object)
  expect(first).toMatchObject({
    traveller: { surname: '[redacted]', email: '[redacted]', type: 'ADT' },
    bookingId: 'bkg_1',
    msg: 'first',
  })
  expect(second).toMatchObject({ level: 'info', bookingId: 'bkg_1', traceparent: null, msg: 'second' })
})
