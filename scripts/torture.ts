/** `npm run torture -- [--minutes 2] [--seed 7]`: the whole service under load while its processes and its database are killed,
 *  then suppliers, gateway and tables held against each other. Exit 1 where they differ. docs/torture.md. */
import { parseArgs } from 'node:util'
import { listProviderCodes } from '../src/providers/codes.ts'
import type { Progress, TortureResult } from './torture/run.ts'
import { torture } from './torture/run.ts'

const usage = 'usage: npm run torture -- [--minutes 2] [--seed 7] [--concurrency 24]'
const options = readArguments()
process.stdout.write(`seed ${options.seed}; kills strike by the wall clock, everything else is decided by the seed\n`)
let wroteProgress = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
try {
  const result = await torture({ ...options, onProgress: show })
  if (wroteProgress) process.stdout.write('\n')
  process.stdout.write(`${summary(result)}\n`)
  process.exitCode = result.differences.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`\n${(error as Error).stack}\n`)
  process.exitCode = 2
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
        concurrency: { type: 'string', default: '24' },
      },
    })
    const minutes = Number(values.minutes)
    const concurrency = Number(values.concurrency)
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes takes a number from 0 up')
    if (!(Number.isInteger(concurrency) && concurrency > 0)) throw new Error('--concurrency takes a number from 1 up')
    const suppliers = listProviderCodes()
    return { seed: values.seed, loadMs: minutes * 60_000, settleMs: 8 * 60_000, concurrency, suppliers }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`)
    process.exit(2)
  }
}

function show({ phase, elapsedMs, begun, done, kills, statuses, pending }: Progress): void {
  const parts = [
    `${String(Math.round(elapsedMs / 1000)).padStart(4)} s ${phase.padEnd(8)}`,
    `${done}/${begun} travellers`,
    `killed ${listed(kills)}`,
    listed(statuses),
    ...(Object.keys(pending).length > 0 ? [`open: ${listed(pending)}`] : []),
  ]
  wroteProgress = process.stdout.isTTY === true
  const line = parts.join(' | ')
  process.stdout.write(wroteProgress ? `\r\x1b[K${line.slice(0, process.stdout.columns - 1)}` : `${line}\n`)
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

function summary({ facts, travellers, kills, requests, settledMs, differences, work }: TortureResult): string {
  const count = (items: readonly string[]): string =>
    listed(Object.fromEntries([...Map.groupBy(items, item => item)].map(([name, all]) => [name, all.length])))
  return [
    '',
    `seed         ${options.seed}`,
    `killed       ${listed(kills)}`,
    `travellers   ${travellers.length}; by supplier: ${count(travellers.map(({ plan }) => plan.supplier))}`,
    `requests     ${requests.sent}, ${requests.broken} broke off, ${requests.later} were told to come back`,
    `ended        ${count(travellers.map(({ end }) => end))}`,
    `bookings     ${facts.bookings.length}, ${facts.bookings.reduce((sum, { audit }) => sum + audit.length, 0)} audit entries, chains checked`,
    `PNRs         ${count(facts.pnrs.map(({ status }) => status))}; tickets ${count(facts.pnrs.flatMap(({ tickets }) => tickets.map(({ status }) => status)))}`,
    `ledger       ${count(facts.ledger.map(({ kind }) => kind))}`,
    `messages     ${facts.outbox.length}; deliveries ${count(facts.deliveries.map(({ status }) => status))}`,
    `quiet after  ${Math.round(settledMs / 1000)} s`,
    `for a person ${work.length}`,
    ...work.map(({ reference, bookingId, reason }) => `  ${reference} ${bookingId}: ${reason}`),
    `differences  ${differences.length}`,
    ...differences.flatMap(({ bookingId, what, timeline }) => [
      `  ${bookingId ?? '-'}: ${what}`,
      ...timeline.map(line => `      ${line}`),
    ]),
  ].join('\n')
}
