import { describe } from 'vitest'
import { codesOfTree, listProviderCodes } from '../../src/providers/codes.ts'
import { addProviderFolders } from '../../src/providers/outside.ts'
import { providerContract } from './provider.ts'

addProviderFolders(process.env.PROVIDERS_PATH, codesOfTree())
for (const code of chosen()) describe(`supplier ${code}`, () => providerContract(code))

/** `npm run contract -- CODE` asks for one. */
function chosen(): readonly string[] {
  const codes = listProviderCodes()
  const one = process.env.CONTRACT_SUPPLIER
  if (!one) return codes
  if (!codes.includes(one)) throw new Error(`there is no supplier called ${one}; there are ${codes.join(', ')}`)
  return [one]
}
