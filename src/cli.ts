/** `fareloom`: the tools of an adapter author and a support agent. The second composition root; each command loads only what
 *  it needs, so that it starts fast. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { WireError } from './core/wire-error.ts'

const usage = `Usage: fareloom <command>

  decode --provider CODE FILE|-     what the adapter makes of a raw message of this supplier, as JSON
                                    exit 0: understood (an error reply too), 2: not, with the reason on stderr`

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = { decode }

async function decode(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { provider: { type: 'string' } },
  })
  const [file, ...more] = positionals
  if (!values.provider || !file || more.length > 0)
    return misuse('decode takes --provider CODE and one FILE (or - for standard input)')
  const { listProviderCodes } = await import('./providers/codes.ts')
  if (!listProviderCodes().includes(values.provider)) {
    return misuse(`there is no supplier called ${values.provider}; there are ${listProviderCodes().join(', ')}`)
  }
  const { decodeReport } = await import('./providers/decode-report.ts')
  const wire: { readonly decode: (bytes: Uint8Array) => Parameters<typeof decodeReport>[1] } = await import(
    new URL(`./providers/${values.provider}/wire/decode.ts`, import.meta.url).href
  )
  const bytes = readFileSync(file === '-' ? 0 : file)
  try {
    process.stdout.write(`${JSON.stringify(decodeReport(values.provider, wire.decode(bytes)), null, 1)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    process.stderr.write(`${file}: ${error.reason} at ${error.at}\n`)
    return 2
  }
}

function misuse(text: string): number {
  process.stderr.write(`fareloom: ${text}\n`)
  return 2
}

async function run([name, ...args]: readonly string[]): Promise<number> {
  const command = name === undefined ? undefined : commands[name]
  if (!command) {
    process.stderr.write(`${name === undefined ? '' : `fareloom: there is no command ${name}\n`}${usage}\n`)
    return 2
  }
  try {
    return await command(args)
  } catch (error) {
    return misuse((error as Error).message)
  }
}

process.exitCode = await run(process.argv.slice(2))
