// node scripts/chromium.mjs: prints the path of a Chromium for the tests of pages; installs one where none is and that may be.
import { which } from './command.mjs'
import { runMain, Trouble } from './console.mjs'
import { installPackages } from './services/packages.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'Chromium', 'Google Chrome']
const folders = [
  '/usr/bin',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
]

const find = () => process.env.CHROMIUM || names.map(name => which(name, folders)).find(Boolean)

runMain(async () => {
  if (!find()) await installPackages(['chromium'], 'a browser for the tests of pages')
  const path = find()
  if (!path) throw new Trouble('there is still no Chromium after installing it: set CHROMIUM to one')
  process.stdout.write(`${path}\n`)
})
