import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Trouble } from '../console.mjs'
import { root } from '../paths.mjs'
import { catalogue } from './catalogue.mjs'
import { readState } from './state.mjs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs `work` with real servers at hand. Those that `npm run services -- up` left running are used as they are; what is
 * missing is started, and stopped when the work is over, whichever way it ends.
 * @template T
 * @param {(env: Record<string, string>) => Promise<T>} work gets the URLs by the variable that tests read; sees to
 *   signals itself
 * @param {readonly string[]} [names] of the services wanted, all of them by default
 * @returns {Promise<T>}
 */
export async function withServices(work, names = catalogue.map(({ name }) => name)) {
  // A second Ctrl-C (npm passes on what the terminal sent already) must not end us while servers are being stopped.
  const stay = () => {}
  for (const signal of signals) process.on(signal, stay)
  const keeper = startKeeper(await runningServices(), names)
  try {
    return await work(await keeper.urls())
  } finally {
    await keeper.release()
    for (const signal of signals) process.removeListener(signal, stay)
  }
}

/** @param {Record<string, string>} running
 *  @param {readonly string[]} names */
function startKeeper(running, names) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'services', 'keeper.mjs'), ...names], {
    env: { ...process.env, ...running },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = new Promise(resolve => child.once('close', resolve))
  const release = () => {
    child.stdin.end()
    return ended
  }
  return { release, urls: () => urlsOf(child, release) }
}

function urlsOf(child, release) {
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      for (const signal of signals) process.removeListener(signal, interrupt)
      settle(value)
    }
    const interrupt = () => {
      finish(reject, new Trouble('interrupted'))
      void release()
    }
    for (const signal of signals) process.once(signal, interrupt)
    createInterface({ input: child.stdout }).once('line', line => {
      const urls = JSON.parse(line)
      const started = catalogue.filter(({ name }) => urls[name])
      finish(resolve, Object.fromEntries(started.map(({ name, variable }) => [variable, urls[name]])))
    })
    child.once('error', error => finish(reject, new Trouble(`the servers could not be started: ${error.message}`)))
    child.once('close', () => finish(reject, new Trouble('not all servers that the tests need are to be had')))
  })
}

/** Healthy ones of `services up` that the environment does not override. FARELOOM_SERVICES=own: none of them. */
async function runningServices() {
  const urls = process.env.FARELOOM_SERVICES === 'own' ? {} : (readState()?.urls ?? {})
  const usable = catalogue.filter(({ name, variable }) => urls[name] && !process.env[variable])
  const healthy = await Promise.all(usable.map(({ name, isHealthy }) => isHealthy(urls[name])))
  return Object.fromEntries(usable.filter((_, i) => healthy[i]).map(({ name, variable }) => [variable, urls[name]]))
}
