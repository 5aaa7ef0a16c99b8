import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { ProbeReport } from './probe-report.ts'
import { newDataDir, type RunningService, startService } from './service.ts'

/** A service that is measured from inside (probe.ts). */
export type ProbedService = RunningService & {
  /** Since the last reset. */
  measure(): Promise<ProbeReport>
  /** All spreads begin anew. */
  reset(): Promise<void>
  /** After a garbage collection, with what is alive counted. */
  weigh(): Promise<ProbeReport>
}

export async function startProbedService(env: Readonly<Record<string, string>> = {}): Promise<ProbedService> {
  const dataDir = newDataDir()
  const file = join(dataDir, 'probe')
  const probe = new URL('./probe.ts', import.meta.url).pathname
  const options = `${process.env.NODE_OPTIONS ?? ''} --import ${probe}`
  const service = await startService({ ...env, PROBE_FILE: file, NODE_OPTIONS: options }, dataDir)
  const ask = async (what: string): Promise<ProbeReport> => {
    const socket = connect(Number(readFileSync(file, 'utf8')), '127.0.0.1').setEncoding('utf8')
    let text = ''
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.write(what)
    await once(socket, 'end')
    return JSON.parse(text) as ProbeReport
  }
  return {
    ...service,
    measure: () => ask('read'),
    weigh: () => ask('collect'),
    async reset() {
      await ask('reset')
    },
  }
}
