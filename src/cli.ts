/** `fareloom`: the tools of an adapter author and a support agent. The second composition root; each command loads only what
 *  it needs, so that it starts fast. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// Half of the start-up time is stripping types and compiling: done once, kept beside the tools.
enableCompileCache(fileURLToPath(new URL('../.toolchain/compile-cache', import.meta.url)))

const usage = `Usage: fareloom <command>

  decode --provider CODE [--summary] FILE|-
      what the adapter makes of a raw message of this supplier, as JSON or as a readable table (- reads standard input).
      Exit 0: understood, an error reply too. Exit 2: not, with the reason and the place on stderr.
  new-provider CODE [--into DIR]
      writes a supplier that passes the contract suite against its own simulator, to be made into a real one: into
      src/providers, or into a directory of your own for PROVIDERS_PATH.
  booking show REFERENCE [--personal]
      a booking (by its reference or its id), all that happened to it, and whether its audit log is as it was written: from
      the database of DATABASE_URL or DATA_DIR, the service running or not. Names and contacts with --personal only.
      Exit 1: the audit log was changed. Exit 2: no such booking, or no database, with the reason on stderr.
  time-limit --carrier SU --origin SVO --at 2027-01-05T10:00:00Z --text '…'
      by when an airline's remark wants the ticket. Exit 2: it sets no limit.

Suppliers outside the tree are found in the folders of PROVIDERS_PATH.`

type Command = (args: readonly string[]) => Promise<number>

const commands: Readonly<Record<string, Command>> = {
  booking,
  decode,
  'new-provider': writeProvider,
  'time-limit': async args => (await import('./reference/time-limit-command.ts')).timeLimit(args),
}

async function decode(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { provider: { type: 'string' }, summary: { type: 'boolean', default: false } },
  })
  const [file, ...more] = positionals
  if (!values.provider || file === undefined || more.length > 0)
    return complain('decode takes --provider CODE and one FILE (or - for standard input)')
  const codes = await findSuppliers()
  if (!codes.includes(values.provider))
    return complain(`there is no supplier called ${values.provider}; there are ${codes.join(', ')}`)
  const { readMessage } = await import('./providers/read-message.ts')
  const result = await readMessage(values.provider, file)
  if (result.kind === 'not-understood') return complain(`${file === '-' ? 'standard input' : file}: ${result.text}`)
  if (values.summary) {
    const { decodeSummary } = await import('./providers/decode-summary.ts')
    return print(decodeSummary(values.provider, result.message))
  }
  const { decodeReport } = await import('./providers/decode-report.ts')
  return print(`${JSON.stringify(decodeReport(values.provider, result.message), null, 1)}\n`)
}

async function booking(args: readonly string[]): Promise<number> {
  const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, MASTER_KEY: masterKey } = process.env
  const { bookingCommand } = await import('./booking/show-command.ts')
  return bookingCommand(args, { databaseUrl: databaseUrl || undefined, dataDir: dataDir || '.data', masterKey })
}

async function writeProvider(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { into: { type: 'string' } },
  })
  const [code, ...more] = positionals
  if (code === undefined || more.length > 0) return complain('new-provider takes one CODE')
  const { newProvider } = await import('./providers/new-provider.ts')
  const made = newProvider(code, values.into ?? null)
  if (made.kind === 'refused') return complain(`no supplier was written: ${made.text}`)
  const path = values.into === undefined ? '' : `PROVIDERS_PATH=${shellWord(values.into)} `
  return print(`${made.folder}: ${made.files.length} files. Prove it against its own simulator, then sell it beside the others:

  ${path}npm run contract -- ${code}
  ${path}npm start

src/providers/README.md says how to make it the real one.
`)
}

function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

async function findSuppliers(): Promise<readonly string[]> {
  const { codesOfTree, listProviderCodes } = await import('./providers/codes.ts')
  const { addProviderFolders } = await import('./providers/outside.ts')
  addProviderFolders(process.env.PROVIDERS_PATH, codesOfTree())
  return listProviderCodes()
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

/** One line, whatever a name or a message holds. */
function complain(text: string): number {
  process.stderr.write(`fareloom: ${text.replace(/\s+/g, ' ').trim()}\n`)
  return 2
}

async function run([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return print(`${usage}\n`)
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    process.stderr.write(`${name === undefined ? '' : `fareloom: there is no command ${name}\n`}${usage}\n`)
    return 2
  }
  try {
    return await command(args)
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error))
  }
}

// whoever reads may have seen enough: `fareloom decode … | head`
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))
process.exitCode = await run(process.argv.slice(2))
