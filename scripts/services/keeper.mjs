// Holds the servers of one test run. A process of its own, in a process group of its own, so that Ctrl-C does not reach
// it before the tests have let go; it stops everything when its standard input ends, which the kernel sees to however
// the run ends, `kill -9` included.
import { say } from '../console.mjs'
import { catalogue } from './catalogue.mjs'
import { Fleet, sweep } from './fleet.mjs'

const names = process.argv.slice(2)
const wanted = names.length === 0 ? catalogue : catalogue.filter(service => names.includes(service.name))
const fleet = new Fleet()
let ending = false

async function end(code) {
  if (ending) return
  ending = true
  await fleet.stop()
  process.exit(code)
}

process.stdin.resume()
process.stdin.once('end', () => end(0))
process.stdin.once('error', () => end(0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(1))
// Nobody reads on: the run has ended, and standard input says so too.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

try {
  await sweep()
  process.stdout.write(`${JSON.stringify(await fleet.start(wanted))}\n`)
} catch (error) {
  if (!ending) say(error.message)
  await end(1)
}
