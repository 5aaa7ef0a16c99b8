import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { servicesDir } from '../paths.mjs'

const file = join(servicesDir, 'state.json')

/**
 * @typedef {object} State what `npm run services -- up` left running
 * @property {string} dir
 * @property {Record<string, string>} urls by the service's name
 * @property {readonly { name: string, pid: number, identity: string, signal: NodeJS.Signals }[]} processes
 */

/** @returns {State | undefined} */
export function readState() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** The URLs hold passwords: readable by their owner only, and never half written.
 *  @param {State} state */
export function writeState(state) {
  mkdirSync(servicesDir, { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function removeState() {
  rmSync(file, { force: true })
}
