import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from './services/catalogue.mjs'
import { clear, Fleet, sweep } from './services/fleet.mjs'
import { withoutPassword } from './services/locate.mjs'
import { readState, removeState, writeState } from './services/state.mjs'
import { runMain, say, Trouble } from './console.mjs'
import { holdLock } from './lock.mjs'
import { servicesDir } from './paths.mjs'
import { ensureModules } from './toolchain.mjs'

const usage = `usage: npm run services -- up | down | status

  up      starts ${catalogue.map(service => service.title).join(', ')} and leaves them running
  down    stops what "up" started
  status  says what runs where; exit code 1 unless all of it is healthy

A URL in ${catalogue.map(service => service.variable).join(', ')} is used instead of starting a server.`

const commands = { up, down, status }

async function main() {
  const command = commands[process.argv[2]]
  if (command) return command()
  process.stdout.write(`${usage}\n`)
  return process.argv[2] === undefined || process.argv[2] === '--help' ? 0 : 2
}

async function up() {
  await ensureModules()
  mkdirSync(servicesDir, { recursive: true })
  return holdLock(join(servicesDir, 'lock'), bringUp)
}

async function bringUp() {
  await sweep()
  const state = readState()
  if (state && (await unhealthy(state)).length === 0) {
    say('already up')
    return show(state)
  }
  if (state) await down()
  const fleet = new Fleet()
  const interrupt = () => fleet.stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt).once('SIGHUP', interrupt)
  try {
    const urls = await fleet.start(catalogue)
    fleet.release()
    writeState({ dir: fleet.dir, urls, processes: fleet.processes })
    return show({ urls })
  } catch (error) {
    await fleet.stop()
    throw error
  }
}

async function down() {
  const state = readState()
  if (!state) return say('nothing is up')
  await clear(state.dir, state.processes)
  removeState()
  say('stopped')
}

async function status() {
  const state = readState()
  if (!state) throw new Trouble('nothing is up; start it with: npm run services -- up')
  const broken = await unhealthy(state)
  show(state)
  for (const service of broken) say(`${service.title} does not answer`)
  return broken.length === 0 ? 0 : 1
}

async function unhealthy(state) {
  const healthy = await Promise.all(
    catalogue.map(({ name, isHealthy }) => (state.urls[name] ? isHealthy(state.urls[name]) : false)),
  )
  return catalogue.filter((_, index) => !healthy[index])
}

function show({ urls }) {
  for (const { name, title } of catalogue) {
    if (urls[name]) process.stdout.write(`${title.padEnd(20)} ${withoutPassword(urls[name])}\n`)
  }
}

runMain(main)
