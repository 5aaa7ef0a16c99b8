import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, step, Trouble } from '../console.mjs'
import { isAlive, processIdentity, stopProcess } from './process.mjs'
import { locate } from './locate.mjs'

const directoryPrefix = 'fareloom-services-'
const notesFile = 'processes.json'
const startAttempts = 2

/**
 * The servers of one run: started together over one temporary directory, stopped together by pid.
 * What was started is noted in that directory at once, so that the next run can clear up after a `kill -9`.
 */
export class Fleet {
  /** @type {{ name: string, pid: number, identity: string, signal: NodeJS.Signals }[]} */
  #processes = []
  #closed = false

  #owner = { pid: process.pid, identity: processIdentity(process.pid) }

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), directoryPrefix))
    this.#note()
  }

  /** From here on the servers stay when this process ends. */
  release() {
    this.#owner = null
    this.#note()
  }

  get processes() {
    return this.#processes
  }

  /**
   * @param {readonly import('./catalogue.mjs').Service[]} services
   * @returns {Promise<Record<string, string>>} the URL of each by its name
   */
  async start(services) {
    const located = await locate(services)
    const names = located.filter(({ url }) => !url).map(({ service }) => service.title)
    const startAll = () => Promise.allSettled(located.map(place => this.#startOne(place)))
    const results = names.length === 0 ? await startAll() : await step(`starting ${names.join(', ')}`, startAll)
    const failed = results.filter(result => result.status === 'rejected').map(result => result.reason)
    if (failed.length > 0) throw failed[0]
    return Object.fromEntries(results.map(result => result.value))
  }

  async #startOne({ service, url, found }) {
    if (url) return [service.name, url]
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw new Trouble('interrupted')
      try {
        const dir = join(this.dir, `${service.name}-${attempt}`)
        mkdirSync(dir)
        const running = await found.start({ dir, onProcess: ref => this.#add(service, ref) })
        return [service.name, running.url]
      } catch (error) {
        // The port looked free and was taken in between: once more with another.
        if (attempt === startAttempts || this.#closed) throw error
        say(`${service.title} did not start, trying once more: ${error.message.split('\n')[0]}`)
      }
    }
  }

  #add(service, { pid, identity }) {
    this.#processes.push({ name: service.name, pid, identity, signal: service.stopSignal })
    this.#note()
  }

  #note() {
    writeFileSync(join(this.dir, notesFile), JSON.stringify({ owner: this.#owner, processes: this.#processes }))
  }

  async stop() {
    this.#closed = true
    await clear(this.dir, this.#processes)
  }
}

/** Stops the servers of a directory and removes it. */
export async function clear(dir, processes) {
  await Promise.all(processes.map(ref => stopProcess(ref, ref.signal)))
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}

/** Clears up after runs that were killed before they could do it themselves. */
export async function sweep() {
  for (const name of readdirSync(tmpdir()).filter(entry => entry.startsWith(directoryPrefix))) {
    const dir = join(tmpdir(), name)
    const notes = readNotes(dir)
    if (!notes) continue
    // Without an owner a fleet was meant to stay; once all of it has ended, only the directory is left.
    const orphaned = notes.owner ? !isAlive(notes.owner) : !notes.processes.some(isAlive)
    if (!orphaned) continue
    if (notes.processes.some(isAlive)) say(`stopping servers that a killed run left in ${dir}`)
    await clear(dir, notes.processes)
  }
}

function readNotes(dir) {
  const file = join(dir, notesFile)
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
